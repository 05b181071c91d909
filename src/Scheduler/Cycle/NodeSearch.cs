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
            return new(null, new(0, Diagnosis.NoNodes, ClusterEvents.NodeAdded, []));

        if (Prepare(pod, cluster, out var names) is var (rejection, filter))
        {
            var message = $"0/{nodes.Length} nodes are available: {string.Join(", ", rejection.Reasons)}.";
            return new(null, new(nodes.Length, message, filter.WakesOn, []));
        }

        // Room was made for it there: it goes there, if it can.
        if (pod.Pod.Status.NominatedNodeName is { Length: > 0 } nominated && cluster.Node(nominated) is { } prepared && Filter(pod, prepared, cluster).Rejection is null)
            return new(prepared, null);

        Reserve(nodes.Length);
        var (suitable, looked) = names is null ? FilterAll(pod, nodes, cluster) : FilterNamed(pod, cluster, names);
        if (suitable == 0)
            return new(null, Explain(nodes.Length, looked));

        return new(suitable == 1 ? _suitable[0] : Best(pod, cluster, _suitable.AsSpan(0, suitable)), null);
    }

    /// <summary>Whether the pod may run on this node as things stand.</summary>
    public Verdict Check(PodInfo pod, NodeInfo node, ClusterCache cluster) =>
        Prepare(pod, cluster, out _) is var (rejection, _) ? new(rejection) : new(Filter(pod, node, cluster).Rejection);

    /// <summary>Picks the filters that have something to say. Answers which, if one of them rejects the pod on every node.</summary>
    private (Rejection Rejection, IFilter By)? Prepare(PodInfo pod, ClusterCache cluster, out IReadOnlyCollection<string>? names)
    {
        names = null;
        _filters.Clear();
        foreach (var filter in profile.Filters)
        {
            if (!filter.Applies(pod))
                continue;

            var preparation = filter is IPreFilter early ? early.Prepare(pod, cluster) : default;
            if (preparation.Verdict.Rejection is { } rejection)
                return (rejection, filter);

            names = preparation.NodeNames ?? names;
            if (!preparation.Skips)
                _filters.Add((filter, preparation.State));
        }

        return null;
    }

    private (int Suitable, int Looked) FilterAll(PodInfo pod, ReadOnlySpan<NodeInfo> nodes, ClusterCache cluster)
    {
        var enough = Enough(nodes.Length);
        var (suitable, looked, at) = (0, 0, _start % nodes.Length);
        while (looked < nodes.Length && suitable < enough)
        {
            var node = nodes[at];
            at = at + 1 == nodes.Length ? 0 : at + 1;
            var verdict = Filter(pod, node, cluster);
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

            var verdict = Filter(pod, node, cluster);
            _verdicts[looked++] = verdict;
            if (verdict.Rejection is null)
                _suitable[suitable++] = node;
        }

        return (suitable, looked);
    }

    private NodeVerdict Filter(PodInfo pod, NodeInfo node, ClusterCache cluster)
    {
        var verdict = Filter(pod, node);
        return verdict.Rejection is not null || cluster.Nominations.IsEmpty ? verdict : FilterWithNominated(pod, node, cluster);
    }

    /// <summary>
    /// The room that was made for others, no less important, is theirs. What plugins prepared does not know of them: they count for the
    /// node's room and ports, not for affinity, which is looked at again when they come.
    /// </summary>
    private NodeVerdict FilterWithNominated(PodInfo pod, NodeInfo node, ClusterCache cluster)
    {
        var guests = cluster.Nominations.Of(node.Name).Where(n => n.Priority >= pod.Priority && n.Uid != pod.Uid).ToList();
        if (guests.Count == 0)
            return default;

        guests.ForEach(g => cluster.PutBack(g, node));
        var verdict = Filter(pod, node);
        guests.ForEach(g => cluster.TakeAside(g, node));
        return verdict;
    }

    private NodeVerdict Filter(PodInfo pod, NodeInfo node)
    {
        foreach (var (filter, state) in _filters)
        {
            if (filter.Filter(pod, node, state).Rejection is { } rejection)
                return new(node, rejection, filter);
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

    private Diagnosis Explain(int nodes, int looked)
    {
        var counts = new Dictionary<string, int>();
        var curable = new List<NodeInfo>();
        var wakesOn = ClusterEvents.None;
        foreach (var (node, rejection, filter) in _verdicts.AsSpan(0, looked))
        {
            // No node was suitable: every verdict is a rejection.
            if (rejection!.IsResolvable)
                curable.Add(node!);
            wakesOn |= filter!.WakesOn;
            foreach (var reason in rejection.Reasons)
                counts[reason] = counts.GetValueOrDefault(reason) + 1;
        }

        if (looked < nodes)
        {
            counts["node(s) didn't satisfy plugin(s) [NodeAffinity]"] = nodes - looked; // the only plugin that names nodes
            wakesOn |= ClusterEvents.NodeAdded | ClusterEvents.NodeLabels;
        }

        return new(nodes, Diagnosis.Count(nodes, counts), wakesOn, curable);
    }

    private void Reserve(int nodes)
    {
        if (_suitable.Length >= nodes)
            return;

        var size = nodes + (nodes / 2);
        (_suitable, _verdicts, _totals, _scores) = (new NodeInfo[size], new NodeVerdict[size], new long[size], new long[size]);
    }

    private readonly record struct NodeVerdict(NodeInfo? Node, Rejection? Rejection, IFilter? Filter);
}
