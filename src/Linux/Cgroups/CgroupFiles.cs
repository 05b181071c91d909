using System.Globalization;
using KubeSharp.Linux.Processes;

namespace KubeSharp.Linux.Cgroups;

/// <summary>What both versions do with the files of a group's directory.</summary>
internal static class CgroupFiles
{
    /// <summary>0644 and one write: the kernel takes a value whole or not at all.</summary>
    public static void Write(string directory, string file, string value)
    {
        using var handle = File.OpenHandle(Path.Combine(directory, file), FileMode.Open, FileAccess.Write);
        RandomAccess.Write(handle, System.Text.Encoding.ASCII.GetBytes(value), 0);
    }

    public static void Write(string directory, string file, long value) => Write(directory, file, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>The file's text without its end of line; empty if there is no such file.</summary>
    public static string Read(string directory, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, file)).Trim();
        }
        catch (IOException)
        {
            return ""; // gone, or (ENODEV) just being removed
        }
    }

    public static long ReadNumber(string directory, string file) =>
        long.TryParse(Read(directory, file), CultureInfo.InvariantCulture, out var value) ? value : 0;

    /// <summary>A flat keyed file (<c>memory.stat</c>).</summary>
    public static Dictionary<string, long> ReadKeyed(string directory, string file)
    {
        var values = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in Read(directory, file).Split('\n'))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && long.TryParse(line.AsSpan(space + 1), CultureInfo.InvariantCulture, out var value))
                values[line[..space]] = value;
        }

        return values;
    }

    /// <summary>The directory and those below it, the deepest first.</summary>
    public static IReadOnlyList<string> DeepestFirst(string directory)
    {
        try
        {
            return
            [
                .. Directory.EnumerateDirectories(directory, "*", SearchOption.AllDirectories).OrderByDescending(d => d.Count(c => c == '/')),
                directory,
            ];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    public static IEnumerable<int> ProcessesIn(string directory) =>
        from nested in DeepestFirst(directory)
        from line in Read(nested, "cgroup.procs").Split('\n', StringSplitOptions.RemoveEmptyEntries)
        select int.Parse(line, CultureInfo.InvariantCulture);

    /// <summary>Removes empty groups; one that is gone meanwhile is no error.</summary>
    /// <returns>Whether all are gone; a process that is just ending keeps its group busy for a moment.</returns>
    public static bool TryRemove(string directory)
    {
        foreach (var group in DeepestFirst(directory))
        {
            try
            {
                // The kernel's files in it are not entries to delete, so this must be a plain rmdir.
                Directory.Delete(group, recursive: false);
            }
            catch (DirectoryNotFoundException)
            {
            }
            catch (IOException)
            {
                return false;
            }
        }

        return true;
    }

    public static void Kill(int pid) => _ = Processes.Libc.kill(pid, (int)Signal.Kill);
}
