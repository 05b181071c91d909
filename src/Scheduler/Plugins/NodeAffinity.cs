using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Plugins;

/// <summary>Puts pods on nodes with the labels they ask for (<c>nodeSelector</c>, <c>affinity.nodeAffinity</c>).</summary>
internal sealed class NodeAffinity : IPreFilter, IScore
{
    private static readonly Verdict Rejected = Verdict.Reject("node(s) didn't match Pod's node affinity/selector", resolvable: false);
    private static readonly Verdict Contradiction = Verdict.Reject("pod affinity terms conflict", resolvable: false);

    public string Name => nameof(NodeAffinity);

    public ClusterEvents WakesOn => ClusterEvents.NodeAdded | ClusterEvents.NodeLabels;

    public bool Applies(PodInfo pod) => pod.NodeSelector.Length > 0 || pod.RequiredNodes is not null;

    /// <summary>A pod of a DaemonSet names its node: the others need not be looked at.</summary>
    public Preparation Prepare(PodInfo pod, ClusterCache cluster) =>
        pod.RequiredNodes?.Names() is not { } names ? default
        : names.Count == 0 ? new(Verdict: Contradiction)
        : new(NodeNames: names);

    public Verdict Filter(PodInfo pod, NodeInfo node, object? state)
    {
        foreach (var requirement in pod.NodeSelector)
        {
            if (!requirement.Matches(node.Node.Metadata.Labels))
                return Rejected;
        }

        return pod.RequiredNodes is null || pod.RequiredNodes.Matches(node.Node) ? Verdict.Ok : Rejected;
    }

    public bool TryPrepareScore(PodInfo pod, ClusterCache cluster, ReadOnlySpan<NodeInfo> nodes, out object? state)
    {
        state = null;
        return pod.PreferredNodes.Length > 0;
    }

    public long Score(PodInfo pod, NodeInfo node, object? state)
    {
        var score = 0L;
        foreach (var (weight, terms) in pod.PreferredNodes)
        {
            if (terms.Matches(node.Node))
                score += weight;
        }

        return score;
    }

    public void Normalize(Span<long> scores, object? state) => Scores.Scale(scores);
}
