using KubeSharp.Scheduler.Cache;

namespace KubeSharp.Scheduler.Framework;

/// <summary>One rule of placement. Plugins are pure: everything they know comes in as arguments, so one instance serves for ever.</summary>
internal interface IPlugin
{
    /// <summary>Upstream's name.</summary>
    string Name { get; }
}

/// <summary>Decides, before a pod is queued, whether it may be scheduled at all.</summary>
internal interface IPreEnqueue : IPlugin
{
    bool Admits(PodInfo pod);
}

/// <summary>Looks at the pod and the whole cluster once, before any node is filtered.</summary>
internal interface IPreFilter : IFilter
{
    Preparation Prepare(PodInfo pod, ClusterCache cluster);
}

/// <summary>What a plugin found out about a pod before filtering.</summary>
/// <param name="State">Handed to each call of <see cref="IFilter.Filter"/> in this cycle.</param>
/// <param name="NodeNames">The only nodes in question; <see langword="null"/> for all.</param>
/// <param name="Verdict">A rejection here is one of the pod, on every node.</param>
/// <param name="Skips">The plugin has nothing to say of this pod after all.</param>
internal readonly record struct Preparation(
    object? State = null, IReadOnlyCollection<string>? NodeNames = null, Verdict Verdict = default, bool Skips = false);

/// <summary>Decides whether a pod may run on a node. Called for hundreds of nodes a pod: it must not allocate.</summary>
internal interface IFilter : IPlugin
{
    /// <summary>What may turn a rejection by this plugin around.</summary>
    ClusterEvents WakesOn { get; }

    /// <summary>Whether the plugin has anything to say of this pod; if not, it is skipped on every node.</summary>
    bool Applies(PodInfo pod) => true;

    /// <param name="state">What <see cref="IPreFilter.Prepare"/> answered.</param>
    Verdict Filter(PodInfo pod, NodeInfo node, object? state);
}

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
