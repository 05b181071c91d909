using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Plugins;

/// <summary>Keeps pods off tainted nodes, and prefers nodes with fewer of the taints that only ask.</summary>
internal sealed class TaintToleration : IFilter, IScore
{
    private static readonly Verdict Rejected = Verdict.Reject("node(s) had untolerated taint(s)", resolvable: false);

    public string Name => nameof(TaintToleration);

    public ClusterEvents WakesOn => ClusterEvents.NodeAdded | ClusterEvents.NodeTaints;

    public Verdict Filter(PodInfo pod, NodeInfo node, object? state)
    {
        foreach (var taint in node.HardTaints)
        {
            if (!pod.Pod.Spec.Tolerations.Tolerates(taint))
                return Rejected;
        }

        return Verdict.Ok;
    }

    /// <summary>Without such taints all nodes would get the same.</summary>
    public bool TryPrepareScore(PodInfo pod, ClusterCache cluster, ReadOnlySpan<NodeInfo> nodes, out object? state)
    {
        state = null;
        return cluster.SoftlyTainted > 0;
    }

    public long Score(PodInfo pod, NodeInfo node, object? state)
    {
        var disliked = 0;
        foreach (var taint in node.SoftTaints)
        {
            if (!pod.Pod.Spec.Tolerations.Tolerates(taint))
                disliked++;
        }

        return disliked;
    }

    public void Normalize(Span<long> scores, object? state) => Scores.ScaleReversed(scores);
}
