namespace KubeSharp.Linux.Netlink;

/// <summary>A request to the kernel that knows its own bytes.</summary>
public interface INetlinkMessage
{
    /// <summary>Writes the whole message, header included, to the start of <paramref name="buffer"/>.</summary>
    /// <returns>The part of the buffer that was written.</returns>
    ReadOnlySpan<byte> Write(Span<byte> buffer, uint sequence);
}
