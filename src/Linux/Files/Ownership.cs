namespace KubeSharp.Linux.Files;

/// <summary>Who owns files.</summary>
public static class Ownership
{
    /// <summary>Leaves the owner or group as it is.</summary>
    public const uint Same = uint.MaxValue;

    /// <summary>Changes the file itself; a link is not followed.</summary>
    public static void Set(string path, uint owner, uint group) => SyscallException.Check(Libc.lchown(path, owner, group), $"chown {path}");
}
