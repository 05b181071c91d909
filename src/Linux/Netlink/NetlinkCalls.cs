using System.Runtime.InteropServices;

namespace KubeSharp.Linux.Netlink;

/// <summary>The socket calls that .NET's Socket does not make for AF_NETLINK.</summary>
internal static unsafe partial class NetlinkCalls
{
    public const int AfNetlink = 16;
    public const int SockRaw = 3;
    public const int SockCloseOnExec = 0x80000;
    public const int SolNetlink = 270;
    public const int AddMembership = 1;
    public const int DropMembership = 2;
    public const int SolSocket = 1;
    public const int ReceiveBufferForce = 33;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int bind(int fd, in Address address, int length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setsockopt(int fd, int level, int name, in int value, int length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint send(int fd, byte* data, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint recv(int fd, byte* data, nint length, int flags);

    /// <summary>struct sockaddr_nl</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Address
    {
        public ushort Family;
        public ushort Pad;
        public uint Port;
        public uint Groups;
    }
}
