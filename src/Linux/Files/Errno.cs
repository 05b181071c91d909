namespace KubeSharp.Linux.Files;

/// <summary>The error numbers that callers decide by (asm-generic/errno.h; the same on x86-64 and arm64).</summary>
public static class Errno
{
    public const int NoEntry = 2;
    public const int NoProcess = 3;
    public const int Interrupted = 4;
    public const int Again = 11;
    public const int Access = 13;
    public const int Busy = 16;
    public const int Exists = 17;
    public const int Invalid = 22;
}
