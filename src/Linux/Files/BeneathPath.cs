using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KubeSharp.Linux.Files;

/// <summary>Paths inside a directory whose content somebody else writes: links in it cannot lead out of it.</summary>
/// <remarks>The kernel resolves the path itself (openat2, Linux 5.6), so there is no moment between a check and the use.</remarks>
public static partial class BeneathPath
{
    private const int OpenAt2 = 437;
    private const ulong PathOnly = 0x200000 | 0x80000; // O_PATH | O_CLOEXEC
    private const ulong ResolveBeneath = 0x08;
    private const ulong ResolveNoMagicLinks = 0x02;

    /// <summary>A hold on what is at the path, to be reached as <c>/proc/self/fd/N</c>.</summary>
    /// <returns><see langword="null"/> if there is nothing there.</returns>
    /// <exception cref="SyscallException">The path leads out of the directory.</exception>
    public static SafeFileHandle? Open(string directory, string path)
    {
        using var root = Libc.open(directory, (int)PathOnly);
        if (root.IsInvalid)
            throw new SyscallException($"open {directory}", Marshal.GetLastPInvokeError());

        return OpenAt(root, path);
    }

    /// <summary>As <see cref="Open"/>, making the directories that are missing.</summary>
    public static SafeFileHandle OpenOrCreateDirectory(string directory, string path, UnixFileMode mode)
    {
        var at = "";
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            using var parent = Open(directory, at.Length == 0 ? "." : at) ?? throw new SyscallException($"open {directory}/{at}", Errno.NoEntry);
            at = at.Length == 0 ? name : $"{at}/{name}";
            using var found = OpenAt(parent, name, directory);
            if (found is null)
                SyscallException.Check(mkdirat((int)parent.DangerousGetHandle(), name, (uint)mode), $"mkdir {directory}/{at}");
        }

        return Open(directory, path) ?? throw new SyscallException($"open {directory}/{path}", Errno.NoEntry);
    }

    private static SafeFileHandle? OpenAt(SafeFileHandle root, string path, string whole)
    {
        try
        {
            return OpenAt(root, path);
        }
        catch (SyscallException e) when (e.Errno == CrossDevice)
        {
            // A link to a place above this parent may still be inside the volume; the last, whole, resolution decides.
            return Open(whole, ".");
        }
    }

    private const int CrossDevice = 18;

    private static unsafe SafeFileHandle? OpenAt(SafeFileHandle root, string path)
    {
        var how = stackalloc ulong[3]; // struct open_how: flags, mode, resolve
        (how[0], how[1], how[2]) = (PathOnly, 0, ResolveBeneath | ResolveNoMagicLinks);
        var descriptor = (int)openat2(OpenAt2, root.DangerousGetHandle(), path.Length == 0 ? "." : path, how, 3 * sizeof(ulong));
        if (descriptor >= 0)
            return new(descriptor, ownsHandle: true);

        var errno = Marshal.GetLastPInvokeError();
        return errno == Errno.NoEntry ? null : throw new SyscallException($"open {path}", errno);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial nint openat2(nint number, nint directory, string path, ulong* how, nint size);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkdirat(int directory, string path, uint mode);
}
