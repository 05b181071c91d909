using System.Runtime.InteropServices;

namespace KubeSharp.Linux.Files;

public enum FileType
{
    Other,
    Regular,
    Directory,
    Link,
    Socket,
    CharacterDevice,
    BlockDevice,
}

/// <summary>What the kernel says of a file.</summary>
/// <param name="DiskBytes">What it takes on the disk, which differs from its length.</param>
public sealed record FileStatus(
    FileType Type, UnixFileMode Mode, uint Owner, uint Group, long Length, long DiskBytes, uint Links, ulong Inode, ulong Device)
{
    private const uint BasicStats = 0x7ff;

    /// <summary>Of the file itself; a link is not followed.</summary>
    /// <returns><see langword="null"/> if there is nothing of that name.</returns>
    public static FileStatus? Of(string path) => Read(path, Libc.AtSymlinkNoFollow);

    /// <summary>Of what a link leads to.</summary>
    /// <returns><see langword="null"/> if there is nothing of that name.</returns>
    public static FileStatus? OfTarget(string path) => Read(path, 0);

    private static FileStatus? Read(string path, int flags)
    {
        if (Libc.statx(Libc.AtCurrentDirectory, path, flags, BasicStats, out var s) < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            const int NotADirectory = 20;
            return errno is Errno.NoEntry or NotADirectory ? null : throw new SyscallException($"stat {path}", errno);
        }

        var device = ((ulong)s.DeviceMajor << 32) | s.DeviceMinor;
        return new(TypeOf(s.Mode), (UnixFileMode)(s.Mode & 0xfff), s.Owner, s.Group, (long)s.Size, (long)s.Blocks * 512, s.Links, s.Inode, device);
    }

    private static FileType TypeOf(ushort mode) => (mode & 0xf000) switch
    {
        0x8000 => FileType.Regular,
        0x4000 => FileType.Directory,
        0xa000 => FileType.Link,
        0xc000 => FileType.Socket,
        0x2000 => FileType.CharacterDevice,
        0x6000 => FileType.BlockDevice,
        _ => FileType.Other,
    };
}
