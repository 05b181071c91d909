using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Plugins;

/// <summary>Puts pods where what they ask for is free, and prefers the node with most left (upstream's LeastAllocated).</summary>
internal sealed class NodeResourcesFit : IFilter, IScore
{
    public string Name => nameof(NodeResourcesFit);

    public ClusterEvents WakesOn => ClusterEvents.NodeAdded | ClusterEvents.NodeAllocatable | ClusterEvents.PodLeft | ClusterEvents.PodShrank;

    public Verdict Filter(PodInfo pod, NodeInfo node, object? state)
    {
        var (asked, all, used) = (pod.Requests, node.Allocatable, node.Requested);
        var lacking = node.PodCount + 1 > all.Pods ? Lacking.Pods : Lacking.Nothing;
        if (asked.MilliCpu > 0 && asked.MilliCpu > all.MilliCpu - used.MilliCpu)
            lacking |= Lacking.Cpu;
        if (asked.Memory > 0 && asked.Memory > all.Memory - used.Memory)
            lacking |= Lacking.Memory;
        if (asked.EphemeralStorage > 0 && asked.EphemeralStorage > all.EphemeralStorage - used.EphemeralStorage)
            lacking |= Lacking.EphemeralStorage;

        // More than the node has in all: no other pod's leaving would help.
        var isHopeless = asked.MilliCpu > all.MilliCpu || asked.Memory > all.Memory || asked.EphemeralStorage > all.EphemeralStorage;
        return asked.HasScalars ? WithScalars(asked, all, used, lacking, isHopeless) : Shortage.Verdict(lacking, isHopeless);
    }

    public long Score(PodInfo pod, NodeInfo node, object? state)
    {
        var (score, weights) = (0L, 0L);
        Add(node.Allocatable.MilliCpu, node.AssumedRequested.MilliCpu + pod.AssumedRequests.MilliCpu, ref score, ref weights);
        Add(node.Allocatable.Memory, node.AssumedRequested.Memory + pod.AssumedRequests.Memory, ref score, ref weights);
        return weights == 0 ? 0 : score / weights;
    }

    private static void Add(long all, long used, ref long score, ref long weights)
    {
        if (all == 0)
            return;

        weights++;
        if (used <= all)
            score += (all - used) * IScore.Most / all;
    }

    private static Verdict WithScalars(Amounts asked, Amounts all, Amounts used, Lacking lacking, bool isHopeless)
    {
        List<string>? names = null;
        foreach (var (name, amount) in asked.Scalars)
        {
            if (amount == 0 || amount <= all[name] - used[name])
                continue;

            (names ??= []).Add(name);
            isHopeless |= amount > all[name];
        }

        return names is null ? Shortage.Verdict(lacking, isHopeless) : Shortage.Verdict(lacking, names, isHopeless);
    }
}
