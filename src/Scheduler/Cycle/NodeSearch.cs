using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Cycle;

/// <summary>Finds the node for a pod: filters nodes until enough will do, scores those, takes the best.</summary>
/// <remarks>Owned by the scheduler's loop; its buffers are used again for each pod.</remarks>
internal sealed class NodeSearch(Profile profile, Random random)
{
    /// <summary>So many suitable nodes are always looked for.</summary>
    private const int FewestSuitable = 100;

    private const int LeastPercent = 5;

    private readonly List<(IFilter Filter, object? State)> _filters = [];
    private NodeInfo[] _suitable = [];
    private NodeVerdict[] _verdicts = [];
    private long[] _totals = [];
    private long[] _scores = [];

    /// <summary>Where the next search begins: nodes take turns.</summary>
    private int _start;

    /// <summary>How many suitable nodes are enough: all of a small cluster, 5 to 50 % of a large one.</summary>
    public static int Enough(int nodes)
    {
        if (nodes < FewestSuitable)
            return nodes;

        var percent = Math.Max(LeastPercent, 50 - (nodes / 125));
        return Math.Max(FewestSuitable, nodes * percent / 100);
    }

    public Placement Find(PodInfo pod, ClusterCache cluster)
    {
        var nodes = cluster.Nodes;
        if (nodes.Length == 0)
            return new(null, new(0, Diagnosis.NoNodes, ClusterEvents.NodeAdded));

        if (Prepare(pod, cluster, out var names) is { } hopeless)
            return new(null, hopeless);

        Reserve(nodes.Length);
        var (suitable, looked) = names is null ? FilterAll(pod, nodes) : FilterNamed(pod, cluster, names);
        if (suitable == 0)
            return new(null, Explain(pod, nodes.Length, looked));

        return new(suitable == 1 ? _suitable[0] : Best(pod, cluster, _suitable.AsSpan(0, suitable)), null);
    }

    /// <summary>Picks the filters that have something to say. Answers why, if one of them rejects the pod on every node.</summary>
    private Diagnosis? Prepare(PodInfo pod, ClusterCache cluster, out IReadOnlyCollection<string>? names)
    {
        names = null;
        _filters.Clear();
        foreach (var filter in profile.Filters)
        {
            if (!filter.Applies(pod))
                continue;

            var preparation = filter is IPreFilter early ? early.Prepare(pod, cluster) : default;
            if (preparation.Verdict.Rejection is { } rejection)
            {
                var total = cluster.Nodes.Length;
                var message = $"0/{total} nodes are available: {string.Join(", ", rejection.Reasons)}. {Diagnosis.Preemption(total, 0, MayPreempt(pod))}";
                return new(total, message, filter.WakesOn);
            }

            names = preparation.NodeNames ?? names;
            if (!preparation.Skips)
                _filters.Add((filter, preparation.State));
        }

        return null;
    }

    private (int Suitable, int Looked) FilterAll(PodInfo pod, ReadOnlySpan<NodeInfo> nodes)
    {
        var enough = Enough(nodes.Length);
        var (suitable, looked, at) = (0, 0, _start % nodes.Length);
        while (looked < nodes.Length && suitable < enough)
        {
            var node = nodes[at];
            at = at + 1 == nodes.Length ? 0 : at + 1;
            var verdict = Filter(pod, node);
            _verdicts[looked++] = verdict;
            if (verdict.Rejection is null)
                _suitable[suitable++] = node;
        }

        _start = at;
        return (suitable, looked);
    }

    /// <summary>Looks only at the nodes that a filter named, as for the pods of a DaemonSet.</summary>
    private (int Suitable, int Looked) FilterNamed(PodInfo pod, ClusterCache cluster, IReadOnlyCollection<string> names)
    {
        var (suitable, looked) = (0, 0);
        foreach (var name in names)
        {
            if (cluster.Node(name) is not { } node)
                continue;

            var verdict = Filter(pod, node);
            _verdicts[looked++] = verdict;
            if (verdict.Rejection is null)
                _suitable[suitable++] = node;
        }

        return (suitable, looked);
    }

    private NodeVerdict Filter(PodInfo pod, NodeInfo node)
    {
        foreach (var (filter, state) in _filters)
        {
            if (filter.Filter(pod, node, state).Rejection is { } rejection)
                return new(rejection, filter);
        }

        return default;
    }

    private NodeInfo Best(PodInfo pod, ClusterCache cluster, ReadOnlySpan<NodeInfo> nodes)
    {
        var totals = _totals.AsSpan(0, nodes.Length);
        var scores = _scores.AsSpan(0, nodes.Length);
        totals.Clear();
        foreach (var (scorer, weight) in profile.Scores)
        {
            if (!scorer.TryPrepareScore(pod, cluster, nodes, out var state))
                continue;

            for (var i = 0; i < nodes.Length; i++)
                scores[i] = scorer.Score(pod, nodes[i], state);
            scorer.Normalize(scores, state);
            for (var i = 0; i < nodes.Length; i++)
                totals[i] += scores[i] * weight;
        }

        return nodes[IndexOfBest(totals)];
    }

    /// <summary>Among equals by chance, each with the same.</summary>
    private int IndexOfBest(ReadOnlySpan<long> totals)
    {
        var (best, equals) = (0, 1);
        for (var i = 1; i < totals.Length; i++)
        {
            if (totals[i] > totals[best])
                (best, equals) = (i, 1);
            else if (totals[i] == totals[best] && random.Next(++equals) == 0)
                best = i;
        }

        return best;
    }

    private Diagnosis Explain(PodInfo pod, int nodes, int looked)
    {
        var counts = new Dictionary<string, int>();
        var (wakesOn, resolvable) = (ClusterEvents.None, 0);
        foreach (var (rejection, filter) in _verdicts.AsSpan(0, looked))
        {
            resolvable += rejection!.IsResolvable ? 1 : 0; // no node was suitable: all are rejected
            wakesOn |= filter!.WakesOn;
            foreach (var reason in rejection.Reasons)
                counts[reason] = counts.GetValueOrDefault(reason) + 1;
        }

        if (looked < nodes)
        {
            counts["node(s) didn't satisfy plugin(s) [NodeAffinity]"] = nodes - looked; // the only plugin that names nodes
            wakesOn |= ClusterEvents.NodeAdded | ClusterEvents.NodeLabels;
        }

        var why = Diagnosis.Count(nodes, counts.Select(c => (c.Key, c.Value)));
        return new(nodes, $"{why} {Diagnosis.Preemption(nodes, resolvable, MayPreempt(pod))}", wakesOn);
    }

    private static bool MayPreempt(PodInfo pod) => pod.Pod.Spec.PreemptionPolicy != "Never";

    private void Reserve(int nodes)
    {
        if (_suitable.Length >= nodes)
            return;

        var size = nodes + (nodes / 2);
        (_suitable, _verdicts, _totals, _scores) = (new NodeInfo[size], new NodeVerdict[size], new long[size], new long[size]);
    }

    private readonly record struct NodeVerdict(Rejection? Rejection, IFilter? Filter);
}
