using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Plugins;

/// <summary>Puts pods near those they want to be near and far from those they want to be far from; and from those who want it of them.</summary>
internal sealed class InterPodAffinity : IPreFilter, IScore
{
    /// <summary>What a required wish of a pod that is there already counts when nodes are compared (<c>hardPodAffinityWeight</c>).</summary>
    private const int WeightOfRequired = 1;

    private static readonly Verdict NotNear = Verdict.Reject("node(s) didn't match pod affinity rules", resolvable: false);
    private static readonly Verdict NotFar = Verdict.Reject("node(s) didn't match pod anti-affinity rules", resolvable: true);
    private static readonly Verdict Unwelcome = Verdict.Reject("node(s) didn't satisfy existing pods anti-affinity rules", resolvable: true);

    public string Name => nameof(InterPodAffinity);

    public ClusterEvents WakesOn =>
        ClusterEvents.PodPlaced | ClusterEvents.PodLeft | ClusterEvents.PodLabels | ClusterEvents.NodeAdded | ClusterEvents.NodeLabels;

    public Preparation Prepare(PodInfo pod, ClusterCache cluster)
    {
        var unwelcome = new TopologyCounts();
        foreach (var node in cluster.NodesWithRequiredAntiAffinity)
        {
            foreach (var other in node.PodsWithRequiredAntiAffinity)
                CountMatches(unwelcome, other.Affinities.RequiredAnti, pod, node, cluster);
        }

        var (near, far) = (new TopologyCounts(), new TopologyCounts());
        if (pod.Affinities.Required.Length > 0 || pod.Affinities.RequiredAnti.Length > 0)
            CountOthers(near, far, pod, cluster);
        else if (unwelcome.IsEmpty)
            return new(Skips: true);

        var isFirst = near.IsEmpty && pod.Affinities.Required.All(t => t.Matches(pod.Pod, cluster));
        return new(new Counted(near, far, unwelcome, isFirst));
    }

    public Verdict Filter(PodInfo pod, NodeInfo node, object? state)
    {
        var counted = (Counted)state!; // made in Prepare
        if (!IsNear(pod, node, counted))
            return NotNear;

        foreach (var term in pod.Affinities.RequiredAnti)
        {
            if (counted.Far.At(term.TopologyKey, node) > 0)
                return NotFar;
        }

        return !counted.Unwelcome.IsEmpty && counted.Unwelcome.Sum(node) > 0 ? Unwelcome : Verdict.Ok;
    }

    public bool TryPrepareScore(PodInfo pod, ClusterCache cluster, ReadOnlySpan<NodeInfo> nodes, out object? state)
    {
        var scores = new TopologyCounts();
        if (pod.Affinities.Preferred.Length > 0 || pod.Affinities.PreferredAnti.Length > 0)
        {
            foreach (var node in cluster.Nodes)
            {
                foreach (var other in node.Pods)
                {
                    foreach (var (weight, term) in pod.Affinities.Preferred)
                        Weigh(scores, term, weight, other.Pod, node, cluster);
                    foreach (var (weight, term) in pod.Affinities.PreferredAnti)
                        Weigh(scores, term, -weight, other.Pod, node, cluster);
                }
            }
        }

        foreach (var node in cluster.NodesWithAffinity)
        {
            foreach (var other in node.PodsWithAffinity)
            {
                foreach (var term in other.Affinities.Required)
                    Weigh(scores, term, WeightOfRequired, pod.Pod, node, cluster);
                foreach (var (weight, term) in other.Affinities.Preferred)
                    Weigh(scores, term, weight, pod.Pod, node, cluster);
                foreach (var (weight, term) in other.Affinities.PreferredAnti)
                    Weigh(scores, term, -weight, pod.Pod, node, cluster);
            }
        }

        state = scores;
        return !scores.IsEmpty;
    }

    public long Score(PodInfo pod, NodeInfo node, object? state) => ((TopologyCounts)state!).Sum(node); // made in TryPrepareScore

    /// <summary>From the worst, which may be below zero, to the best.</summary>
    public void Normalize(Span<long> scores, object? state)
    {
        var (least, most) = (long.MaxValue, long.MinValue);
        foreach (var score in scores)
            (least, most) = (Math.Min(least, score), Math.Max(most, score));
        foreach (ref var score in scores)
            score = most == least ? 0 : IScore.Most * (score - least) / (most - least);
    }

    private static bool IsNear(PodInfo pod, NodeInfo node, Counted counted)
    {
        var isNear = true;
        foreach (var term in pod.Affinities.Required)
        {
            if (!node.Node.Metadata.Labels.ContainsKey(term.TopologyKey))
                return false;
            isNear &= counted.Near.At(term.TopologyKey, node) > 0;
        }

        // The first of a group that wants to be together has nobody to be near: it may begin anywhere.
        return isNear || counted.IsFirst;
    }

    private static void CountOthers(TopologyCounts near, TopologyCounts far, PodInfo pod, ClusterCache cluster)
    {
        foreach (var node in cluster.Nodes)
        {
            foreach (var other in node.Pods)
            {
                if (pod.Affinities.Required.Length > 0 && MatchesAll(pod.Affinities.Required, other.Pod, cluster))
                {
                    foreach (var term in pod.Affinities.Required)
                        near.Add(term.TopologyKey, node, 1);
                }

                CountMatches(far, pod.Affinities.RequiredAnti, other, node, cluster);
            }
        }
    }

    private static bool MatchesAll(AffinityTerm[] terms, Pod other, ClusterCache cluster)
    {
        foreach (var term in terms)
        {
            if (!term.Matches(other, cluster))
                return false;
        }

        return true;
    }

    private static void CountMatches(TopologyCounts counts, AffinityTerm[] terms, PodInfo pod, NodeInfo node, ClusterCache cluster)
    {
        foreach (var term in terms)
        {
            if (term.Matches(pod.Pod, cluster))
                counts.Add(term.TopologyKey, node, 1);
        }
    }

    private static void Weigh(TopologyCounts scores, AffinityTerm term, int weight, Pod pod, NodeInfo node, ClusterCache cluster)
    {
        if (term.Matches(pod, cluster))
            scores.Add(term.TopologyKey, node, weight);
    }

    /// <param name="Near">Pods that match all the pod's required terms.</param>
    /// <param name="Far">Pods that match a required anti-affinity term of the pod.</param>
    /// <param name="Unwelcome">Pods whose own anti-affinity matches the pod.</param>
    /// <param name="IsFirst">No pod matches the required terms, and the pod itself does.</param>
    private sealed record Counted(TopologyCounts Near, TopologyCounts Far, TopologyCounts Unwelcome, bool IsFirst);
}
