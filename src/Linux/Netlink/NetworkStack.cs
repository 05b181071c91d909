
namespace KubeSharp.Linux.Netlink;

/// <summary>Links, addresses and routes of one network namespace, through rtnetlink.</summary>
/// <remarks>Thread-safe. Every member throws <see cref="NetlinkException"/> when the kernel refuses.</remarks>
public sealed class NetworkStack : IDisposable
{
    private readonly NetlinkSocket _socket = NetlinkSocket.Open(NetlinkProtocol.Route);

    public void Execute(INetlinkMessage message) => _socket.Execute(message);

    public IReadOnlyList<Link> Links()
    {
        var links = new List<Link>();
        _socket.Ask(new ListLinks(), (header, body) =>
        {
            if (header.Type == Rtm.NewLink)
                links.Add(Link.Read(body));
        });
        return links;
    }

    public Link? FindLink(string name) => Links().FirstOrDefault(l => l.Name == name);

    public IReadOnlyList<LinkAddress> Addresses()
    {
        var addresses = new List<LinkAddress>();
        _socket.Ask(new ListAddresses(), (_, body) => addresses.Add(LinkAddress.Read(body)));
        return addresses;
    }

    /// <summary>The unicast routes of the main table.</summary>
    public IReadOnlyList<Route> Routes()
    {
        var routes = new List<Route>();
        _socket.Ask(new ListRoutes(), (_, body) =>
        {
            if (Route.Read(body) is { Type: Route.Unicast, Route: { Table: Route.MainTable } route })
                routes.Add(route);
        });
        return routes;
    }

    /// <summary>The device of the default route with the smallest metric; null on a machine without one.</summary>
    public Link? DefaultLink() =>
        Routes().Where(r => r.IsDefault && r.Index > 0).MinBy(r => r.Metric) is { } route ? Links().FirstOrDefault(l => l.Index == route.Index) : null;

    public void Dispose() => _socket.Dispose();
}
