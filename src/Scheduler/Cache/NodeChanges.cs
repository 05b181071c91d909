using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Cache;

/// <summary>What an update of a node means to pods that wait.</summary>
internal static class NodeChanges
{
    public static ClusterEvents Between(Node old, Node current)
    {
        var events = ClusterEvents.None;
        if (!old.Status.Allocatable.SameAs(current.Status.Allocatable))
            events |= ClusterEvents.NodeAllocatable;
        if (!old.Metadata.Labels.SameAs(current.Metadata.Labels))
            events |= ClusterEvents.NodeLabels;
        if (old.Spec.Unschedulable != current.Spec.Unschedulable || !old.Spec.Taints.SequenceEqual(current.Spec.Taints))
            events |= ClusterEvents.NodeTaints;
        return events;
    }
}
