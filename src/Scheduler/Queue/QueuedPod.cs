using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Queue;

/// <summary>Where a pod waits.</summary>
internal enum Place
{
    /// <summary>Next in turn.</summary>
    Active,

    /// <summary>For its back-off to end.</summary>
    BackingOff,

    /// <summary>For something to change.</summary>
    Unschedulable,

    /// <summary>For its gates to be removed.</summary>
    Gated,

    /// <summary>Nowhere: it is being scheduled or bound.</summary>
    InFlight,
}

/// <summary>A pod without a node. Owned by the queue.</summary>
internal sealed class QueuedPod(PodInfo pod)
{
    public PodInfo Pod { get; set; } = pod;

    public Place Place { get; set; }

    /// <summary>When it came to the queue, or came back to it.</summary>
    public TimeSpan Since { get; set; }

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; set; }

    /// <summary>What may make it schedulable.</summary>
    public ClusterEvents WakesOn { get; set; }

    public TimeSpan BackoffEnds { get; set; }

    /// <summary>Counts its moves: an entry of a heap with another number is out of date.</summary>
    public int Move { get; set; }
}
