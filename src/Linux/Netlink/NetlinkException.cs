using System.Runtime.InteropServices;

namespace KubeSharp.Linux.Netlink;

/// <summary>The kernel refused a netlink request.</summary>
/// <param name="errno">The kernel's error number, positive.</param>
public sealed class NetlinkException(string doing, int errno)
    : IOException($"{doing}: {Marshal.GetPInvokeErrorMessage(errno)} ({errno})")
{
    public const int NotFound = 2;
    public const int NoSuchProcess = 3;
    public const int Exists = 17;
    public const int NoDevice = 19;

    public int Errno => errno;
}
