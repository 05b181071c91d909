using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Plugins;

/// <summary>Prefers nodes whose CPU and memory would be used to about the same part.</summary>
internal sealed class NodeResourcesBalancedAllocation : IScore
{
    public string Name => nameof(NodeResourcesBalancedAllocation);

    /// <summary>A pod that asks for nothing changes no balance: scoring it would send all such pods to one node.</summary>
    public bool TryPrepareScore(PodInfo pod, ClusterCache cluster, ReadOnlySpan<NodeInfo> nodes, out object? state)
    {
        state = null;
        return pod.Requests.MilliCpu > 0 || pod.Requests.Memory > 0;
    }

    public long Score(PodInfo pod, NodeInfo node, object? state)
    {
        var (all, used) = (node.Allocatable, node.Requested);
        if (all.MilliCpu == 0 || all.Memory == 0)
            return IScore.Most; // one resource is in balance with itself

        var cpu = Math.Min(1, (double)(used.MilliCpu + pod.Requests.MilliCpu) / all.MilliCpu);
        var memory = Math.Min(1, (double)(used.Memory + pod.Requests.Memory) / all.Memory);
        return (long)((1 - (Math.Abs(cpu - memory) / 2)) * IScore.Most);
    }
}
