namespace KubeSharp.Linux.Netlink;

/// <summary><c>ip route replace {Destination}/{PrefixLength} via {Gateway} dev {Index} src {Source}</c></summary>
/// <param name="IsOnLink"><c>onlink</c>: the gateway need not be reachable by another route.</param>
public sealed record NewRoute(Route Route, bool IsOnLink = false) : INetlinkMessage
{
    public ReadOnlySpan<byte> Write(Span<byte> buffer, uint sequence)
    {
        var w = new NetlinkWriter(buffer);
        RouteBody.Write(ref w, Route, IsOnLink);
        return w.Finish(Rtm.NewRoute, Nlm.Request | Nlm.Ack | Nlm.Create | Nlm.Replace, sequence);
    }
}
