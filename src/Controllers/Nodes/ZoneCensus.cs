namespace KubeSharp.Controllers.Nodes;

/// <summary>Who is ready in which zone, and what follows from it for evictions. Thread-safe.</summary>
/// <remarks>
/// Upstream's rule: one zone without a ready node is trouble there, but a zone of which only a part is gone is likelier trouble between
/// it and us, and no ready node anywhere means that it is we who hear nothing.
/// </remarks>
internal sealed class ZoneCensus(NodeLifecycleOptions options)
{
    private const string Excluded = "node.kubernetes.io/exclude-disruption";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Zone, bool IsReady)> _nodes = [];
    private readonly Dictionary<string, (int Ready, int NotReady)> _zones = [];
    private int _ready;

    /// <summary>There are nodes and none is ready: nobody is evicted.</summary>
    public bool IsCutOff
    {
        get
        {
            lock (_gate)
                return IsCutOff_NeedsLock;
        }
    }

    private bool IsCutOff_NeedsLock => _nodes.Count > 0 && _ready == 0;

    /// <summary>Region and zone, as upstream joins them; empty without either.</summary>
    public static string ZoneOf(Node node)
    {
        var region = node.Metadata.Labels.GetValueOrDefault("topology.kubernetes.io/region", "");
        var zone = node.Metadata.Labels.GetValueOrDefault("topology.kubernetes.io/zone", "");
        return region.Length + zone.Length == 0 ? "" : $"{region}:\0:{zone}";
    }

    /// <returns>Whether that changes how fast anybody may be evicted.</returns>
    public bool Put(Node node, bool isReady)
    {
        lock (_gate)
        {
            var name = node.Metadata.Name;
            if (node.Metadata.Labels.ContainsKey(Excluded))
                return Remove_NeedsLock(name);

            var now = (Zone: ZoneOf(node), IsReady: isReady);
            if (_nodes.TryGetValue(name, out var before) && before == now)
                return false;

            var (wasCutOff, rates) = (IsCutOff_NeedsLock, (RateOf_NeedsLock(before.Zone ?? now.Zone), RateOf_NeedsLock(now.Zone)));
            Count_NeedsLock(name, -1);
            _nodes[name] = now;
            Count_NeedsLock(name, +1);
            return wasCutOff != IsCutOff_NeedsLock || rates != (RateOf_NeedsLock(before.Zone ?? now.Zone), RateOf_NeedsLock(now.Zone));
        }
    }

    /// <inheritdoc cref="Put"/>
    public bool Remove(string name)
    {
        lock (_gate)
            return Remove_NeedsLock(name);
    }

    /// <summary>How many nodes of the zone may lose their pods in a second; 0: none.</summary>
    public double RateOf(string zone)
    {
        lock (_gate)
            return RateOf_NeedsLock(zone);
    }

    private bool Remove_NeedsLock(string name)
    {
        if (!_nodes.TryGetValue(name, out var gone))
            return false;

        var (wasCutOff, rate) = (IsCutOff_NeedsLock, RateOf_NeedsLock(gone.Zone));
        Count_NeedsLock(name, -1);
        _nodes.Remove(name);
        return wasCutOff != IsCutOff_NeedsLock || rate != RateOf_NeedsLock(gone.Zone);
    }

    private double RateOf_NeedsLock(string zone)
    {
        var (ready, notReady) = _zones.GetValueOrDefault(zone);
        var isPartlyGone = ready > 0 && notReady > 2 && (float)notReady / (notReady + ready) >= options.UnhealthyZone;
        return !isPartlyGone ? options.EvictionRate : ready + notReady > options.LargeZone ? options.SecondaryEvictionRate : 0;
    }

    private void Count_NeedsLock(string name, int one)
    {
        if (!_nodes.TryGetValue(name, out var node))
            return;

        var (ready, notReady) = _zones.GetValueOrDefault(node.Zone);
        _zones[node.Zone] = node.IsReady ? (ready + one, notReady) : (ready, notReady + one);
        _ready += node.IsReady ? one : 0;
        if (_zones[node.Zone] == default)
            _zones.Remove(node.Zone);
    }
}
