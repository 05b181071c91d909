namespace KubeSharp.Linux.Netlink;

/// <summary><c>ip -4 route show table all</c></summary>
internal sealed record ListRoutes : INetlinkMessage
{
    public ReadOnlySpan<byte> Write(Span<byte> buffer, uint sequence)
    {
        var w = new NetlinkWriter(buffer);
        w.Header(new RouteHeader { Family = 2 });
        return w.Finish(Rtm.GetRoute, Nlm.Request | Nlm.Dump, sequence);
    }
}
