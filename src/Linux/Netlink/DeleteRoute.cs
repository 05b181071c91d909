namespace KubeSharp.Linux.Netlink;

/// <summary><c>ip route del {Destination}/{PrefixLength} …</c></summary>
public sealed record DeleteRoute(Route Route) : INetlinkMessage
{
    public ReadOnlySpan<byte> Write(Span<byte> buffer, uint sequence)
    {
        var w = new NetlinkWriter(buffer);
        RouteBody.Write(ref w, Route, isOnLink: false);
        return w.Finish(Rtm.DelRoute, Nlm.Request | Nlm.Ack, sequence);
    }
}
