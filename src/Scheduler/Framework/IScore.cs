using KubeSharp.Scheduler.Cache;

namespace KubeSharp.Scheduler.Framework;

/// <summary>Says how well a node suits a pod that may run there.</summary>
internal interface IScore : IPlugin
{
    const long Most = 100;

    /// <summary>Whether the plugin tells nodes apart for this pod, and what it knows beforehand.</summary>
    /// <returns>Whether to score.</returns>
    bool TryPrepareScore(PodInfo pod, ClusterCache cluster, ReadOnlySpan<NodeInfo> nodes, out object? state)
    {
        state = null;
        return true;
    }

    /// <returns>Any number if <see cref="Normalize"/> brings it between 0 and <see cref="Most"/>; else within that range.</returns>
    long Score(PodInfo pod, NodeInfo node, object? state);

    void Normalize(Span<long> scores, object? state)
    {
    }
}
