namespace KubeSharp.Scheduler.Framework;

/// <summary>What may happen in the cluster that lets a pod be scheduled which could not be before.</summary>
[Flags]
internal enum ClusterEvents
{
    None = 0,
    NodeAdded = 1 << 0,
    NodeRemoved = 1 << 1,

    /// <summary>Its allocatable resources or capacity changed.</summary>
    NodeAllocatable = 1 << 2,
    NodeLabels = 1 << 3,

    /// <summary>Its taints or <c>spec.unschedulable</c> changed.</summary>
    NodeTaints = 1 << 4,

    /// <summary>A pod came to a node.</summary>
    PodPlaced = 1 << 5,

    /// <summary>A pod left its node: deleted, finished, or failed to be bound.</summary>
    PodLeft = 1 << 6,

    /// <summary>The labels of a placed pod changed.</summary>
    PodLabels = 1 << 7,

    /// <summary>A placed pod asks for less than before.</summary>
    PodShrank = 1 << 8,

    /// <summary>A claim, a volume or a storage class appeared or changed.</summary>
    Storage = 1 << 9,
}
