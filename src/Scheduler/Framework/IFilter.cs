using KubeSharp.Scheduler.Cache;

namespace KubeSharp.Scheduler.Framework;

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
