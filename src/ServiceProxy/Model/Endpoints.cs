using KubeSharp.Objects.DiscoveryV1;

namespace KubeSharp.ServiceProxy.Model;

/// <summary>The endpoints of one service port, and which of them a client may be sent to.</summary>
internal sealed class Endpoints(IReadOnlyList<Endpoints.Entry> all, NodeContext node)
{
    /// <summary>Whether any endpoint anywhere could serve.</summary>
    public bool IsEmpty => Cluster.Count == 0;

    /// <summary>Ready endpoints, near ones if the hints say so; with none ready, those that still serve while they terminate.</summary>
    public IReadOnlyList<Backend> Cluster { get; } = Sorted(InService(all) is var usable && Near(usable, node) is { Count: > 0 } near ? near : usable);

    /// <summary>The same among the endpoints on this node; hints have no say here.</summary>
    public IReadOnlyList<Backend> Local { get; } = Sorted(InService([.. all.Where(e => e.NodeName == node.Name)]));

    /// <summary>The endpoints that slices list for the port of that name and protocol.</summary>
    public static Endpoints Of(ServicePort port, IEnumerable<EndpointSlice> slices, bool isReadyAlways, NodeContext node)
    {
        var protocol = ServiceModel.ProtocolOf(port);
        return new([.. from slice in slices
                       where slice.AddressType == "IPv4"
                       from slicePort in slice.Ports
                       where (slicePort.Name ?? "") == port.Name && (slicePort.Protocol is null or "" ? "TCP" : slicePort.Protocol) == protocol
                       where slicePort.Port is > 0 and <= ushort.MaxValue
                       from endpoint in slice.Endpoints
                       where endpoint.Addresses.Count > 0
                       let address = ServiceModel.IPv4(endpoint.Addresses[0]) // clients use the first only, says the API
                       where address is not null
                       let isReady = isReadyAlways || (endpoint.Conditions.Ready ?? true)
                       select new Entry(
                           new(address, (ushort)slicePort.Port!),
                           endpoint.NodeName ?? "",
                           isReady,
                           IsServingToTheEnd: (endpoint.Conditions.Serving ?? isReady) && endpoint.Conditions.Terminating is true,
                           [.. endpoint.Hints?.ForZones.Select(z => z.Name) ?? []],
                           [.. endpoint.Hints?.ForNodes.Select(n => n.Name) ?? []])], node);
    }

    private static IReadOnlyList<Entry> InService(IReadOnlyList<Entry> entries) =>
        entries.Any(e => e.IsReady) ? [.. entries.Where(e => e.IsReady)] : [.. entries.Where(e => e.IsServingToTheEnd)];

    /// <summary>Hints count only if every endpoint has them and some are for us: else a part of the endpoints would get no traffic at all, or we no endpoint.</summary>
    private static IReadOnlyList<Entry> Near(IReadOnlyList<Entry> usable, NodeContext node)
    {
        if (usable.Count == 0)
            return [];
        if (usable.All(e => e.ForNodes.Count > 0) && usable.Any(e => e.ForNodes.Contains(node.Name)))
            return [.. usable.Where(e => e.ForNodes.Contains(node.Name))];
        return node.Zone.Length > 0 && usable.All(e => e.ForZones.Count > 0) ? [.. usable.Where(e => e.ForZones.Contains(node.Zone))] : [];
    }

    /// <summary>An endpoint may stand in two slices while it moves between them.</summary>
    private static IReadOnlyList<Backend> Sorted(IReadOnlyList<Entry> entries) => [.. entries.Select(e => e.Backend).Distinct().Order()];

    /// <summary>One endpoint of one port.</summary>
    internal sealed record Entry(
        Backend Backend, string NodeName, bool IsReady, bool IsServingToTheEnd, IReadOnlyList<string> ForZones, IReadOnlyList<string> ForNodes);
}
