using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Cycle;

/// <summary>What came of looking for pods to delete.</summary>
/// <param name="Plan"><see langword="null"/>: there is nothing to be done.</param>
/// <param name="Message">Added to the diagnosis; empty if there is a plan.</param>
/// <param name="NominatedNode">Where room is being made; empty for nowhere.</param>
internal readonly record struct PreemptionOutcome(PreemptionPlan? Plan, string Message, string NominatedNode);

/// <summary>Pods to be deleted from a node so that a more important one fits.</summary>
/// <param name="Victims">Most important first.</param>
/// <param name="Violations">How many of them a disruption budget protects.</param>
internal sealed record PreemptionPlan(NodeInfo Node, IReadOnlyList<PodInfo> Victims, int Violations) : IComparable<PreemptionPlan>
{
    /// <summary>
    /// The better plan first: fewer budgets broken; less important pods; less importance in all; fewer pods; the most important ones younger.
    /// </summary>
    public int CompareTo(PreemptionPlan? other)
    {
        if (other is null)
            return -1;

        var order = Violations.CompareTo(other.Violations);
        order = order != 0 ? order : Victims[0].Priority.CompareTo(other.Victims[0].Priority);
        order = order != 0 ? order : Importance.CompareTo(other.Importance);
        order = order != 0 ? order : Victims.Count.CompareTo(other.Victims.Count);
        return order != 0 ? order : Nullable.Compare(other.Began, Began);
    }

    /// <summary>Priorities may be negative: each is moved above zero, so that more pods are never less important than fewer.</summary>
    private long Importance => Victims.Sum(v => (long)v.Priority + int.MaxValue + 1);

    /// <summary>When the earliest of the most important victims began.</summary>
    private DateTimeOffset? Began => Victims.Where(v => v.Priority == Victims[0].Priority).Min(v => v.Pod.Status.StartTime);
}
