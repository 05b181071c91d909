using System.Runtime.InteropServices;

namespace KubeSharp.Linux.Files;

/// <summary>The kernel refused a call.</summary>
/// <param name="call">What was tried, with its subject: <c>mount /a/b</c>.</param>
public sealed class SyscallException(string call, int errno) : IOException($"{call}: {Marshal.GetPInvokeErrorMessage(errno)}")
{
    /// <summary>The kernel's errno.</summary>
    public int Errno { get; } = errno;

    /// <summary>Throws for a result below zero, with the errno of the last call.</summary>
    internal static int Check(int result, string call) =>
        result >= 0 ? result : throw new SyscallException(call, Marshal.GetLastPInvokeError());
}
