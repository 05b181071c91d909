namespace KubeSharp.Linux.Files;

/// <summary>How full the file system is that holds a path.</summary>
/// <param name="AvailableBytes">What a process that is not root may still write.</param>
public sealed record FileSystemSpace(long TotalBytes, long AvailableBytes, long TotalInodes, long FreeInodes)
{
    public long UsedBytes => TotalBytes - AvailableBytes;

    public static FileSystemSpace Of(string path)
    {
        SyscallException.Check(Libc.statvfs(path, out var s), $"statvfs {path}");
        return new((long)(s.Blocks * s.FragmentSize), (long)(s.BlocksAvailable * s.FragmentSize), (long)s.Files, (long)s.FilesFree);
    }
}
