using System.Globalization;

namespace KubeSharp.Linux.Processes;

/// <summary>One process and no other: the kernel gives its number away again, but not with the same start time in the same boot.</summary>
/// <param name="StartTicks">Clock ticks after boot (field 22 of <c>/proc/PID/stat</c>).</param>
public sealed record ProcessIdentity(int Pid, long StartTicks, string BootId)
{
    /// <returns><see langword="null"/> if no such process runs.</returns>
    public static ProcessIdentity? Of(int pid) => Read(pid) is { State: not ('Z' or 'X') } stat ? new(pid, stat.StartTicks, CurrentBoot()) : null;

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static ProcessIdentity? Parse(string text)
    {
        var words = text.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 3
            && int.TryParse(words[0], CultureInfo.InvariantCulture, out var pid)
            && long.TryParse(words[1], CultureInfo.InvariantCulture, out var ticks) ? new(pid, ticks, words[2]) : null;
    }

    /// <summary>Whether this very process still runs; a zombie does not.</summary>
    public bool IsAlive => Of(Pid) == this;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Pid} {StartTicks} {BootId}");

    private static (char State, long StartTicks)? Read(int pid)
    {
        try
        {
            // The second field is the name in parentheses and may hold anything, parentheses too.
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[0][0], long.Parse(fields[19], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string CurrentBoot() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
}
