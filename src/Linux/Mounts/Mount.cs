using System.Runtime.InteropServices;
using KubeSharp.Linux.Files;

namespace KubeSharp.Linux.Mounts;

/// <summary>mount(2) and umount2(2).</summary>
public static class Mount
{
    private const uint NoSuid = 0x2;
    private const uint NoDev = 0x4;
    private const uint BindFlag = 0x1000;
    private const uint Recursive = 0x4000;
    private const uint Slave = 0x80000;
    private const int DetachFlag = 0x2;
    private const int NoFollow = 0x8;

    /// <summary><c>mount -t tmpfs -o OPTIONS tmpfs TARGET</c></summary>
    /// <param name="options"><c>size=1048576,mode=0777</c>; empty for the kernel's own.</param>
    public static void Tmpfs(string target, string options) =>
        SyscallException.Check(Libc.mount("tmpfs", target, "tmpfs", NoSuid | NoDev, options), $"mount tmpfs on {target}");

    /// <summary><c>mount --rbind SOURCE TARGET</c></summary>
    public static void Bind(string source, string target) =>
        SyscallException.Check(Libc.mount(source, target, null, BindFlag | Recursive, null), $"bind {source} to {target}");

    /// <summary><c>mount --make-rslave TARGET</c>: what is unmounted in it stays mounted where it came from. No error if nothing is mounted there.</summary>
    public static void MakeSlave(string target)
    {
        if (Libc.mount("", target, null, Slave | Recursive, null) == 0)
            return;

        var errno = Marshal.GetLastPInvokeError();
        if (errno is not (Errno.Invalid or Errno.NoEntry))
            throw new SyscallException($"make {target} a slave", errno);
    }

    /// <summary>Unmounts; nothing mounted there is no error.</summary>
    /// <exception cref="SyscallException"><see cref="Errno.Busy"/>: somebody uses it.</exception>
    public static void Unmount(string target) => Unmount(target, NoFollow);

    /// <summary>Takes the mount out of the tree at once; it ends when its last user does.</summary>
    public static void Detach(string target) => Unmount(target, DetachFlag | NoFollow);

    private static void Unmount(string target, int flags)
    {
        if (Libc.umount2(target, flags) == 0)
            return;

        var errno = Marshal.GetLastPInvokeError();
        if (errno is not (Errno.Invalid or Errno.NoEntry))
            throw new SyscallException($"umount {target}", errno);
    }
}
