namespace KubeSharp.Linux.Files;

/// <summary>What a directory tree takes on its disk, as <c>du -x</c> counts it.</summary>
public sealed record DiskUsage(long Bytes, long Inodes)
{
    /// <summary>Counts the tree; files that vanish meanwhile count nothing.</summary>
    public static DiskUsage Of(string directory)
    {
        if (FileStatus.Of(directory) is not { } root)
            return new(0, 0);

        var (bytes, inodes) = (root.DiskBytes, 1L);
        var linked = new HashSet<ulong>();
        var waiting = new Stack<string>([directory]);
        var options = new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = true };
        while (waiting.TryPop(out var next))
        {
            foreach (var path in Entries(next, options))
            {
                if (FileStatus.Of(path) is not { } status || status.Device != root.Device)
                    continue;
                if (status.Type == FileType.Directory)
                    waiting.Push(path);
                else if (status.Links > 1 && !linked.Add(status.Inode))
                    continue;
                (bytes, inodes) = (bytes + status.DiskBytes, inodes + 1);
            }
        }

        return new(bytes, inodes);
    }

    private static string[] Entries(string directory, EnumerationOptions options)
    {
        try
        {
            return Directory.GetFileSystemEntries(directory, "*", options);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }
}
