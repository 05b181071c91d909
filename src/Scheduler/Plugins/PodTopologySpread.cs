using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Plugins;

/// <summary>Spreads pods evenly over zones, nodes, or whatever label says where a node is.</summary>
/// <remarks>Upstream's defaults for pods without constraints (by the selectors of their Services and owners) are not applied.</remarks>
internal sealed class PodTopologySpread : IPreFilter, IScore
{
    private static readonly Verdict Uneven = Verdict.Reject("node(s) didn't match pod topology spread constraints", resolvable: true);
    private static readonly Verdict Nowhere =
        Verdict.Reject("node(s) didn't match pod topology spread constraints (missing required label)", resolvable: false);

    private static readonly TaintToleration Taints = new();
    private static readonly NodeAffinity Affinity = new();

    public string Name => nameof(PodTopologySpread);

    public ClusterEvents WakesOn =>
        ClusterEvents.PodPlaced | ClusterEvents.PodLeft | ClusterEvents.PodLabels
        | ClusterEvents.NodeAdded | ClusterEvents.NodeRemoved | ClusterEvents.NodeLabels | ClusterEvents.NodeTaints;

    public bool Applies(PodInfo pod) => pod.HardSpread.Length > 0;

    public Preparation Prepare(PodInfo pod, ClusterCache cluster)
    {
        var places = Count(pod, pod.HardSpread, cluster);
        var least = new long[places.Length];
        for (var i = 0; i < places.Length; i++)
        {
            var isFew = places[i].Count < pod.HardSpread[i].MinDomains;
            least[i] = isFew || places[i].Count == 0 ? 0 : places[i].Values.Min();
        }

        return new(new Counted(places, least));
    }

    public Verdict Filter(PodInfo pod, NodeInfo node, object? state)
    {
        var counted = (Counted)state!; // made in Prepare
        for (var i = 0; i < pod.HardSpread.Length; i++)
        {
            var constraint = pod.HardSpread[i];
            if (!node.Node.Metadata.Labels.TryGetValue(constraint.TopologyKey, out var place))
                return Nowhere;

            var skew = counted.Places[i].GetValueOrDefault(place) + (constraint.MatchesItself ? 1 : 0) - counted.Least[i];
            if (skew > constraint.MaxSkew)
                return Uneven;
        }

        return Verdict.Ok;
    }

    public bool TryPrepareScore(PodInfo pod, ClusterCache cluster, ReadOnlySpan<NodeInfo> nodes, out object? state)
    {
        state = null;
        if (pod.SoftSpread.Length == 0)
            return false;

        var places = Count(pod, pod.SoftSpread, cluster);
        var weights = new double[places.Length];
        for (var i = 0; i < places.Length; i++)
            weights[i] = Math.Log(Sizes(pod.SoftSpread, i, nodes) + 2); // a small number of places says less about each

        state = new Weighed(places, weights);
        return true;
    }

    /// <summary>More pods in the node's places, a higher number; -1 where the node has not all the labels.</summary>
    public long Score(PodInfo pod, NodeInfo node, object? state)
    {
        var weighed = (Weighed)state!; // made in TryPrepareScore
        if (!HasAll(pod.SoftSpread, node))
            return -1;

        var score = 0.0;
        for (var i = 0; i < pod.SoftSpread.Length; i++)
        {
            var constraint = pod.SoftSpread[i];
            var count = weighed.Places[i].GetValueOrDefault(node.Node.Metadata.Labels[constraint.TopologyKey]);
            score += (count * weighed.Weights[i]) + (constraint.MaxSkew - 1);
        }

        return (long)Math.Round(score, MidpointRounding.AwayFromZero);
    }

    public void Normalize(Span<long> scores, object? state)
    {
        var (least, most) = (long.MaxValue, 0L);
        foreach (var score in scores)
        {
            if (score >= 0)
                (least, most) = (Math.Min(least, score), Math.Max(most, score));
        }

        foreach (ref var score in scores)
            score = score < 0 ? 0 : most == 0 ? IScore.Most : IScore.Most * (most + least - score) / most;
    }

    /// <summary>For each constraint, how many pods are in each place that counts.</summary>
    private static Dictionary<string, long>[] Count(PodInfo pod, SpreadConstraint[] constraints, ClusterCache cluster)
    {
        var places = Array.ConvertAll(constraints, _ => new Dictionary<string, long>());
        foreach (var node in cluster.Nodes)
        {
            if (!HasAll(constraints, node))
                continue;

            for (var i = 0; i < constraints.Length; i++)
            {
                if (!Includes(constraints[i], pod, node))
                    continue;

                var place = node.Node.Metadata.Labels[constraints[i].TopologyKey];
                places[i][place] = places[i].GetValueOrDefault(place) + constraints[i].Count(node.Pods);
            }
        }

        return places;
    }

    private static bool Includes(SpreadConstraint constraint, PodInfo pod, NodeInfo node) =>
        (!constraint.HonorsAffinity || Affinity.Filter(pod, node, null).IsOk) && (!constraint.HonorsTaints || Taints.Filter(pod, node, null).IsOk);

    private static bool HasAll(SpreadConstraint[] constraints, NodeInfo node)
    {
        foreach (var constraint in constraints)
        {
            if (!node.Node.Metadata.Labels.ContainsKey(constraint.TopologyKey))
                return false;
        }

        return true;
    }

    /// <summary>In how many places the nodes are, by one constraint's label.</summary>
    private static int Sizes(SpreadConstraint[] constraints, int index, ReadOnlySpan<NodeInfo> nodes)
    {
        var places = new HashSet<string>();
        foreach (var node in nodes)
        {
            if (HasAll(constraints, node))
                places.Add(node.Node.Metadata.Labels[constraints[index].TopologyKey]);
        }

        return places.Count;
    }

    private sealed record Counted(Dictionary<string, long>[] Places, long[] Least);

    private sealed record Weighed(Dictionary<string, long>[] Places, double[] Weights);
}
