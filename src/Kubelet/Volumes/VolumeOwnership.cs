using KubeSharp.Linux.Files;

namespace KubeSharp.Kubelet.Volumes;

/// <summary>Makes a volume the group's that the pod's processes are in (securityContext.fsGroup).</summary>
internal static class VolumeOwnership
{
    private const UnixFileMode ReadWrite = (UnixFileMode)0b110_110_000;
    private const UnixFileMode ReadOnly = (UnixFileMode)0b100_100_000;
    private const UnixFileMode Enter = (UnixFileMode)0b001_001_000;

    /// <summary>Gives the tree to the group; new files in it will be the group's too (setgid).</summary>
    /// <param name="given">What the group may do: write, or only read.</param>
    public static void Apply(string directory, long? fsGroup, FileAccess given)
    {
        if (fsGroup is not { } group)
            return;

        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 };
        foreach (var path in Directory.EnumerateFileSystemEntries(directory, "*", options).Prepend(directory))
        {
            if (FileStatus.Of(path) is not { } status)
                continue;

            Ownership.Set(path, Ownership.Same, (uint)group);
            if (status.Type == FileType.Link)
                continue;

            var mode = status.Mode | (given == FileAccess.Read ? ReadOnly : ReadWrite);
            File.SetUnixFileMode(path, status.Type == FileType.Directory ? mode | UnixFileMode.SetGroup | Enter : mode);
        }
    }
}
