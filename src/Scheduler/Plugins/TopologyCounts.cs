using KubeSharp.Scheduler.Cache;

namespace KubeSharp.Scheduler.Plugins;

/// <summary>Numbers by place, a place being a node label and its value (<c>zone=a</c>).</summary>
internal sealed class TopologyCounts
{
    private readonly Dictionary<string, Dictionary<string, long>> _counts = [];

    public bool IsEmpty => _counts.Count == 0;

    /// <summary>Counts for the place the node is in; nothing if it has no such label.</summary>
    public void Add(string key, NodeInfo node, long amount)
    {
        if (!node.Node.Metadata.Labels.TryGetValue(key, out var value))
            return;

        if (!_counts.TryGetValue(key, out var places))
            _counts[key] = places = [];
        places[value] = places.GetValueOrDefault(value) + amount;
    }

    public long At(string key, NodeInfo node) =>
        _counts.TryGetValue(key, out var places) && node.Node.Metadata.Labels.TryGetValue(key, out var value) ? places.GetValueOrDefault(value) : 0;

    /// <summary>The sum over all the places the node is in.</summary>
    public long Sum(NodeInfo node)
    {
        var sum = 0L;
        foreach (var (key, places) in _counts)
        {
            if (node.Node.Metadata.Labels.TryGetValue(key, out var value))
                sum += places.GetValueOrDefault(value);
        }

        return sum;
    }
}
