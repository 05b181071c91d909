using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KubeSharp.Linux.Files;

/// <summary>Files whose loss matters: written whole or not at all, and on the disk when the call returns.</summary>
/// <remarks>.NET's own flush does not throw when the kernel's fsync fails, so these calls go past it.</remarks>
public static class DurableFile
{
    private const int ReadOnlyDirectory = 0x10000 | 0x80000; // O_DIRECTORY | O_CLOEXEC

    /// <summary>Replaces the file in one step: readers see the old content or the new.</summary>
    /// <exception cref="IOException">It could not be written; the old file is as it was.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        var part = path + ".new";
        File.Delete(part);
        using (var file = File.OpenHandle(part, FileMode.CreateNew, FileAccess.Write))
        {
            File.SetUnixFileMode(file, mode);
            RandomAccess.Write(file, content, 0);
            Sync(file, part);
        }

        Replace(part, path);
        SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/");
    }

    /// <exception cref="SyscallException">The data may not be on the disk.</exception>
    public static void Sync(SafeFileHandle file, string name) => SyscallException.Check(Libc.fsync(file), $"fsync {name}");

    /// <summary>Makes names created in or removed from a directory durable.</summary>
    public static void SyncDirectory(string path)
    {
        using var directory = Libc.open(path, OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64
            ? 0x4000 | 0x80000 // O_DIRECTORY has another number on arm64
            : ReadOnlyDirectory);
        if (directory.IsInvalid)
            throw new SyscallException($"open {path}", Marshal.GetLastPInvokeError());

        Sync(directory, path);
    }

    /// <summary>rename(2): works on links and directories alike, and replaces what is there.</summary>
    public static void Replace(string from, string to) => SyscallException.Check(Libc.rename(from, to), $"rename {from} to {to}");
}
