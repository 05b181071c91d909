namespace KubeSharp.Linux.Netlink;

/// <summary>What a <see cref="NetworkMonitor"/> heard.</summary>
public enum NetworkChangeType
{
    /// <summary>Messages were lost: read everything anew.</summary>
    Unknown,
    LinkChanged,
    LinkGone,
    AddressAdded,
    AddressGone,
    RouteAdded,
    RouteGone,
}

/// <summary>A change of the network; of the three objects the one it is about.</summary>
public sealed record NetworkChange(NetworkChangeType Type, Link? Link = null, LinkAddress? Address = null, Route? Route = null)
{
    internal static NetworkChange? Read(MessageHeader header, ReadOnlySpan<byte> body) => header.Type switch
    {
        Rtm.NewLink => new(NetworkChangeType.LinkChanged, Link: Link.Read(body)),
        Rtm.DelLink => new(NetworkChangeType.LinkGone, Link: Link.Read(body)),
        Rtm.NewAddress => new(NetworkChangeType.AddressAdded, Address: LinkAddress.Read(body)),
        Rtm.DelAddress => new(NetworkChangeType.AddressGone, Address: LinkAddress.Read(body)),
        Rtm.NewRoute => new(NetworkChangeType.RouteAdded, Route: Route.Read(body).Route),
        Rtm.DelRoute => new(NetworkChangeType.RouteGone, Route: Route.Read(body).Route),
        _ => null,
    };
}
