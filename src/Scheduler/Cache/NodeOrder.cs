namespace KubeSharp.Scheduler.Cache;

/// <summary>The order in which nodes are looked at.</summary>
internal static class NodeOrder
{
    /// <summary>The first node of each zone, then the second of each, and so on.</summary>
    public static NodeInfo[] Interleaved(IEnumerable<NodeInfo> nodes)
    {
        var zones = nodes.GroupBy(n => Zone(n.Node)).OrderBy(z => z.Key.Region, StringComparer.Ordinal).ThenBy(z => z.Key.Zone, StringComparer.Ordinal)
            .Select(z => z.ToArray()).ToArray();
        var order = new List<NodeInfo>(zones.Sum(z => z.Length));
        for (var row = 0; order.Count < order.Capacity; row++)
        {
            foreach (var zone in zones)
            {
                if (row < zone.Length)
                    order.Add(zone[row]);
            }
        }

        return [.. order];
    }

    public static (string Region, string Zone) Zone(Node node) => (
        node.Metadata.Labels.GetValueOrDefault("topology.kubernetes.io/region", ""), node.Metadata.Labels.GetValueOrDefault("topology.kubernetes.io/zone", ""));
}
