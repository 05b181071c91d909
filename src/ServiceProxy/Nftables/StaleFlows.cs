using System.Collections.Frozen;
using System.Net;
using KubeSharp.Linux.Conntrack;
using KubeSharp.ServiceProxy.Model;

namespace KubeSharp.ServiceProxy.Nftables;

/// <summary>
/// Decides which UDP flows must be forgotten: a flow keeps its translation as long as packets come, even to an endpoint that is gone, or
/// to nowhere if it began before the Service had endpoints. Pure.
/// </summary>
internal sealed class StaleFlows
{
    private readonly FrozenDictionary<IPEndPoint, FrozenSet<IPEndPoint>> _addresses;
    private readonly FrozenDictionary<ushort, FrozenSet<IPEndPoint>> _nodePorts;

    /// <param name="forwardings">The present forwardings of the Services that changed.</param>
    /// <param name="gone">Frontends that no longer exist.</param>
    public StaleFlows(IEnumerable<Forwarding> forwardings, IEnumerable<Frontend> gone)
    {
        var now = forwardings.Where(f => f.Frontend.Protocol == "udp").Select(f => (f.Frontend, Allowed: AllowedBy(f)))
            .Concat(gone.Where(f => f.Protocol == "udp").Select(f => (Frontend: f, Allowed: FrozenSet<IPEndPoint>.Empty))).ToList();
        _addresses = now.Where(f => f.Frontend.Type != FrontendType.NodePort)
            .DistinctBy(f => (f.Frontend.Address, f.Frontend.Port))
            .ToFrozenDictionary(f => new IPEndPoint(f.Frontend.Address, f.Frontend.Port), f => f.Allowed);
        _nodePorts = now.Where(f => f.Frontend.Type == FrontendType.NodePort)
            .DistinctBy(f => f.Frontend.Port)
            .ToFrozenDictionary(f => f.Frontend.Port, f => f.Allowed);
    }

    public bool IsEmpty => _addresses.Count == 0 && _nodePorts.Count == 0;

    public bool IsStale(Flow flow)
    {
        if (_addresses.TryGetValue(flow.Destination, out var allowed))
            return !allowed.Contains(flow.Replier);

        // Any flow to that port number passes here, be it to another machine: only one that was translated can be a node port's.
        return _nodePorts.TryGetValue((ushort)flow.Destination.Port, out allowed)
            && !flow.Replier.Equals(flow.Destination) && !allowed.Contains(flow.Replier);
    }

    private static FrozenSet<IPEndPoint> AllowedBy(Forwarding f) =>
        f.Everyone.Backends.Concat(f.Outside?.Backends ?? []).Select(b => new IPEndPoint(b.Address, b.Port)).ToFrozenSet();
}
