namespace KubeSharp.Linux.Netlink;

/// <summary><c>ip link show</c></summary>
internal sealed record ListLinks : INetlinkMessage
{
    public ReadOnlySpan<byte> Write(Span<byte> buffer, uint sequence)
    {
        var w = new NetlinkWriter(buffer);
        w.Header(new IfInfo());
        return w.Finish(Rtm.GetLink, Nlm.Request | Nlm.Dump, sequence);
    }
}
