using System.Globalization;
using KubeSharp.Linux.Mounts;

namespace KubeSharp.Kubelet.Volumes;

/// <summary>A directory in memory.</summary>
internal static class TmpfsDirectory
{
    /// <summary>Makes it if it is not mounted yet.</summary>
    /// <param name="sizeBytes"><see langword="null"/>: half of the machine's memory, the kernel's own limit.</param>
    /// <returns>Whether it was made now.</returns>
    public static bool Ensure(string directory, UnixFileMode mode, long? sizeBytes)
    {
        Directory.CreateDirectory(directory);
        if (MountTable.IsMountPoint(directory))
            return false;

        var octal = Convert.ToString((int)mode, 8);
        Mount.Tmpfs(directory, sizeBytes is { } size ? string.Create(CultureInfo.InvariantCulture, $"size={size},mode={octal}") : $"mode={octal}");
        return true;
    }
}
