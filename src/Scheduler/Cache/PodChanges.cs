using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Cache;

/// <summary>What an update of a placed pod means to pods that wait.</summary>
internal static class PodChanges
{
    public static ClusterEvents Between(PodInfo old, PodInfo current)
    {
        var events = ClusterEvents.None;
        if (!old.Pod.Metadata.Labels.SameAs(current.Pod.Metadata.Labels))
            events |= ClusterEvents.PodLabels;
        if (Shrank(old.Requests, current.Requests))
            events |= ClusterEvents.PodShrank;
        return events;
    }

    private static bool Shrank(Amounts old, Amounts current) =>
        current.MilliCpu < old.MilliCpu || current.Memory < old.Memory || current.EphemeralStorage < old.EphemeralStorage;
}
