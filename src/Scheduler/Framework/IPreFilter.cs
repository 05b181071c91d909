using KubeSharp.Scheduler.Cache;

namespace KubeSharp.Scheduler.Framework;

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
