using System.Globalization;

namespace KubeSharp.Linux.Mounts;

/// <summary>A line of <c>/proc/self/mountinfo</c>.</summary>
/// <param name="Root">Which directory of its file system is mounted.</param>
/// <param name="SuperOptions">The file system's options; for a cgroup v1 hierarchy its controllers are among them.</param>
public sealed record MountEntry(int Id, int Parent, string Root, string Path, string Options, string Type, string Source, string SuperOptions);

/// <summary>What is mounted, as this process sees it.</summary>
public static class MountTable
{
    public static IReadOnlyList<MountEntry> Read() => [.. File.ReadLines("/proc/self/mountinfo").Select(Parse)];

    /// <summary>The mounts on a directory and below it, the innermost first: the order to unmount in.</summary>
    public static IReadOnlyList<MountEntry> Under(string directory)
    {
        var path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(directory));
        return [.. Read().Where(m => m.Path == path || m.Path.StartsWith(path + "/", StringComparison.Ordinal)).Reverse()];
    }

    public static bool IsMountPoint(string directory)
    {
        var path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(directory));
        return Read().Any(m => m.Path == path);
    }

    /// <summary><c>36 35 98:0 /root /mnt rw,noatime master:1 - ext3 /dev/root rw,errors=continue</c> (proc(5)).</summary>
    internal static MountEntry Parse(string line)
    {
        var words = line.Split(' ');
        var dash = Array.IndexOf(words, "-", 6);
        return new(
            int.Parse(words[0], CultureInfo.InvariantCulture),
            int.Parse(words[1], CultureInfo.InvariantCulture),
            Unescape(words[3]),
            Unescape(words[4]),
            words[5],
            words[dash + 1],
            Unescape(words[dash + 2]),
            words[dash + 3]);
    }

    /// <summary>The kernel writes space, tab, newline and backslash as three octal digits.</summary>
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
            return text;

        var result = new System.Text.StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length)
            {
                result.Append((char)(((text[i + 1] - '0') << 6) | ((text[i + 2] - '0') << 3) | (text[i + 3] - '0')));
                i += 3;
            }
            else
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }
}
