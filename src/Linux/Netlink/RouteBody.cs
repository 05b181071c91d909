namespace KubeSharp.Linux.Netlink;

/// <summary>The part that adding and deleting a route have in common.</summary>
internal static class RouteBody
{
    private const byte Boot = 3;
    private const byte LinkScope = 253;
    private const uint OnLink = 4;

    public static void Write(ref NetlinkWriter w, Route route, bool isOnLink)
    {
        w.Header(new RouteHeader
        {
            Family = 2,
            DestinationLength = route.PrefixLength,
            Table = (byte)Math.Min(route.Table, byte.MaxValue),
            Protocol = Boot,
            Scope = route.Gateway is null ? LinkScope : (byte)0,
            Type = Route.Unicast,
            Flags = isOnLink ? OnLink : 0,
        });
        if (route.PrefixLength > 0)
            w.Put(Rta.Destination, route.Destination.GetAddressBytes());
        if (route.Gateway is { } gateway)
            w.Put(Rta.Gateway, gateway.GetAddressBytes());
        if (route.Source is { } source)
            w.Put(Rta.PreferredSource, source.GetAddressBytes());
        if (route.Index > 0)
            w.Put(Rta.OutInterface, route.Index);
        if (route.Metric > 0)
            w.Put(Rta.Priority, route.Metric);
        if (route.Table > byte.MaxValue)
            w.Put(Rta.Table, route.Table);
    }
}
