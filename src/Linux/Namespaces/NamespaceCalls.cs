using System.Runtime.InteropServices;

namespace KubeSharp.Linux.Namespaces;

internal static partial class NamespaceCalls
{
    public const int NewNet = 0x40000000;
    public const int BindMount = 0x1000;
    public const int Recursive = 0x4000;
    public const int Shared = 0x100000;
    public const int InvalidArgument = 22;
    public const int DetachMount = 2;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setns(SafeHandle fd, int type);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mount(string source, string target, string? type, nuint flags, nint data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int umount2(string target, int flags);
}
