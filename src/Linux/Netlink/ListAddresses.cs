namespace KubeSharp.Linux.Netlink;

/// <summary><c>ip -4 addr show</c></summary>
internal sealed record ListAddresses : INetlinkMessage
{
    public ReadOnlySpan<byte> Write(Span<byte> buffer, uint sequence)
    {
        var w = new NetlinkWriter(buffer);
        w.Header(new IfAddress { Family = 2 });
        return w.Finish(Rtm.GetAddress, Nlm.Request | Nlm.Dump, sequence);
    }
}
