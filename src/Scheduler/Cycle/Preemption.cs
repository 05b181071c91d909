using KubeSharp.Objects.PolicyV1;
using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Cycle;

/// <summary>Finds the node from which the fewest and least important pods must go to make room for a more important one.</summary>
/// <remarks>
/// It tries each node for real: takes pods off in the cache, asks the filters, puts them back. The cache has one owner, so nobody sees it.
/// </remarks>
internal sealed class Preemption(NodeSearch search, Random random)
{
    private const string NotHelpful = "Preemption is not helpful for scheduling";
    private const string NoVictims = "No preemption victims found for incoming pod";

    /// <summary>Upstream's <c>minCandidateNodesAbsolute</c> and <c>minCandidateNodesPercentage</c>.</summary>
    private const int FewestCandidates = 100;

    private const int PercentOfCandidates = 10;

    public PreemptionOutcome Find(PodInfo pod, ClusterCache cluster, Diagnosis diagnosis, IReadOnlyCollection<PodDisruptionBudget> budgets)
    {
        var nominated = pod.Pod.Status.NominatedNodeName;
        if (pod.Pod.Spec.PreemptionPolicy == "Never")
            return new(null, "preemption: not eligible due to preemptionPolicy=Never.", nominated);

        if (IsWaitingForVictims(pod, cluster, diagnosis))
            return new(null, "preemption: not eligible due to a terminating pod on the nominated node.", nominated);

        var reasons = new Dictionary<string, int> { [NotHelpful] = diagnosis.Nodes };
        if (cluster.LowestPriority >= pod.Priority)
        {
            // The everyday case on a full cluster: nobody is less important, so no node need be looked at.
            reasons[NotHelpful] = diagnosis.Nodes - diagnosis.Curable.Count;
            reasons[NoVictims] = diagnosis.Curable.Count;
            return new(null, $"preemption: {Diagnosis.Count(diagnosis.Nodes, reasons)}", "");
        }

        PreemptionPlan? best = null;
        var found = 0;
        var enough = Math.Max(FewestCandidates, diagnosis.Curable.Count * PercentOfCandidates / 100);
        var offset = diagnosis.Curable.Count == 0 ? 0 : random.Next(diagnosis.Curable.Count);
        for (var i = 0; i < diagnosis.Curable.Count && found < enough; i++)
        {
            var node = diagnosis.Curable[(offset + i) % diagnosis.Curable.Count];
            var (plan, why) = Try(pod, node, cluster, budgets);
            if (plan is not null)
            {
                found++;
                best = best is null || plan.CompareTo(best) < 0 ? plan : best;
                continue;
            }

            reasons[NotHelpful]--;
            foreach (var reason in why)
                reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
        }

        return best is null ? new(null, $"preemption: {Diagnosis.Count(diagnosis.Nodes, reasons)}", "") : new(best, "", best.Node.Name);
    }

    /// <summary>It has preempted before, and those pods are still going.</summary>
    private static bool IsWaitingForVictims(PodInfo pod, ClusterCache cluster, Diagnosis diagnosis) =>
        pod.Pod.Status.NominatedNodeName is { Length: > 0 } nominated
        && cluster.Node(nominated) is { } node
        && diagnosis.Curable.Contains(node)
        && node.Pods.Any(p => p.Priority < pod.Priority && p.Pod.Metadata.DeletionTimestamp is not null);

    private (PreemptionPlan? Plan, IEnumerable<string> Why) Try(
        PodInfo pod, NodeInfo node, ClusterCache cluster, IReadOnlyCollection<PodDisruptionBudget> budgets)
    {
        var lesser = node.Pods.Where(p => p.Priority < pod.Priority).OrderByDescending(p => p.Priority).ThenBy(p => p.Pod.Status.StartTime ?? DateTimeOffset.MaxValue).ToList();
        if (lesser.Count == 0)
            return (null, [NoVictims]);

        var off = new HashSet<PodInfo>(lesser);
        lesser.ForEach(p => cluster.TakeAside(p, node));
        try
        {
            if (search.Check(pod, node, cluster).Rejection is { } rejection)
                return (null, rejection.Reasons);

            var (covered, others) = Budgets.Split(lesser, budgets);
            var violations = covered.Count(p => !Spare(p));
            foreach (var other in others)
                Spare(other);
            return (new(node, [.. lesser.Where(off.Contains)], violations), []);
        }
        finally
        {
            foreach (var victim in off)
                cluster.PutBack(victim, node);
        }

        // Puts it back if there is room for it beside the pod.
        bool Spare(PodInfo candidate)
        {
            cluster.PutBack(candidate, node);
            if (search.Check(pod, node, cluster).IsOk)
                return off.Remove(candidate);

            cluster.TakeAside(candidate, node);
            return false;
        }
    }
}
