using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KubeSharp.Linux.Files;

/// <summary>Paths inside a directory whose content somebody else writes: links in it cannot lead out of it.</summary>
/// <remarks>
/// The kernel resolves the path itself (openat2, Linux 5.6), so there is no moment between a check and the use. An absolute link means what it
/// means on this machine, as upstream has it: it is followed if it leads back into the directory. RESOLVE_IN_ROOT would be as safe, but would
/// take a link to <c>/etc</c> for the directory's own <c>etc</c> where a refusal tells what is wrong.
/// </remarks>
public static partial class BeneathPath
{
    private const int OpenAt2 = 437;
    private const ulong PathOnly = 0x200000 | 0x80000; // O_PATH | O_CLOEXEC
    private const ulong ResolveBeneath = 0x08;
    private const ulong ResolveNoMagicLinks = 0x02;
    private const ulong ResolveNoSymlinks = 0x04;

    /// <summary>The kernel gives up where anything on the machine is renamed while it follows <c>..</c>; it must not take us for ever.</summary>
    private const int MaxTries = 100;

    /// <summary>A hold on what is at the path, to be reached as <c>/proc/self/fd/N</c>.</summary>
    /// <returns><see langword="null"/> if there is nothing there.</returns>
    /// <exception cref="SyscallException">The path leads out of the directory.</exception>
    public static SafeFileHandle? Open(string directory, string path)
    {
        using var root = Libc.open(directory, (int)PathOnly);
        if (root.IsInvalid)
            throw new SyscallException($"open {directory}", Marshal.GetLastPInvokeError());

        try
        {
            return OpenAt(root, path);
        }
        catch (SyscallException e) when (e.Errno == CrossDevice)
        {
            if (WayInside(root, path) is not { } way)
                throw;

            // Where it leads may have changed since; so it is gone to without any link.
            return OpenAt(root, way, ResolveBeneath | ResolveNoSymlinks);
        }
    }

    /// <summary>As <see cref="Open"/>, making the directories that are missing.</summary>
    /// <param name="mode">Of the new directories; the umask does not count. A parent's setgid is handed on.</param>
    public static SafeFileHandle OpenOrCreateDirectory(string directory, string path, UnixFileMode mode)
    {
        var at = "";
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            using var parent = Open(directory, at.Length == 0 ? "." : at) ?? throw new SyscallException($"open {directory}/{at}", Errno.NoEntry);
            at = at.Length == 0 ? name : $"{at}/{name}";
            using var found = OpenAt(parent, name, directory);
            if (found is null)
                MakeDirectory(parent, name, mode, $"{directory}/{at}");
        }

        return Open(directory, path) ?? throw new SyscallException($"open {directory}/{path}", Errno.NoEntry);
    }

    /// <summary>The path without the links that lead to it, as realpath(3).</summary>
    public static string Resolve(string directory)
    {
        using var held = Libc.open(directory, (int)PathOnly);
        if (held.IsInvalid)
            throw new SyscallException($"open {directory}", Marshal.GetLastPInvokeError());

        return RealPathOf(held);
    }

    /// <summary>Where a path that leaves the directory on its way ends inside it, relative to the directory and without links; null if it does not.</summary>
    private static string? WayInside(SafeFileHandle root, string path)
    {
        using var end = OpenAt(root, path, ResolveNoMagicLinks);
        return end is not null && Path.GetRelativePath(RealPathOf(root), RealPathOf(end)) is var way && way != ".." && !way.StartsWith("../", StringComparison.Ordinal) ? way : null;
    }

    private static void MakeDirectory(SafeFileHandle parent, string name, UnixFileMode mode, string path)
    {
        if (mkdirat((int)parent.DangerousGetHandle(), name, (uint)mode) < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            if (errno == Errno.Exists)
                return; // another container was first, or it is a link to nothing: the last resolution decides

            throw new SyscallException($"mkdir {path}", errno);
        }

        // Not through a link: somebody may have put one there, and its target is not ours to open up.
        using var made = OpenAt(parent, name, ResolveBeneath | ResolveNoSymlinks) ?? throw new SyscallException($"open {path}", Errno.NoEntry);
        var setGroup = FileStatus.OfTarget(PathOf(made))?.Mode & UnixFileMode.SetGroup ?? UnixFileMode.None;
        File.SetUnixFileMode(PathOf(made), mode | setGroup);
    }

    private static string RealPathOf(SafeFileHandle held) =>
        new FileInfo(PathOf(held)).LinkTarget ?? throw new SyscallException($"readlink {PathOf(held)}", Errno.NoEntry);

    private static string PathOf(SafeFileHandle held) => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{held.DangerousGetHandle()}");

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

    private static SafeFileHandle? OpenAt(SafeFileHandle root, string path) => OpenAt(root, path, ResolveBeneath | ResolveNoMagicLinks);

    private static unsafe SafeFileHandle? OpenAt(SafeFileHandle root, string path, ulong resolve)
    {
        var how = stackalloc ulong[3]; // struct open_how: flags, mode, resolve
        (how[0], how[1], how[2]) = (PathOnly, 0, resolve);
        var errno = Errno.Again;
        for (var i = 0; errno == Errno.Again && i < MaxTries; i++)
        {
            var descriptor = (int)openat2(OpenAt2, root.DangerousGetHandle(), path.Length == 0 ? "." : path, how, 3 * sizeof(ulong));
            if (descriptor >= 0)
                return new(descriptor, ownsHandle: true);

            errno = Marshal.GetLastPInvokeError();
        }

        return errno == Errno.NoEntry ? null : throw new SyscallException($"open {path}", errno);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial nint openat2(nint number, nint directory, string path, ulong* how, nint size);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkdirat(int directory, string path, uint mode);
}
