using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Cache;

/// <summary>A pod that takes room on a node.</summary>
/// <param name="IsAssumed">We decided so, and the API has not yet said that it is so.</param>
/// <param name="Expires">When an assumed pod that was bound is given up; <see langword="null"/> while it is being bound.</param>
internal sealed record CachedPod(PodInfo Pod, NodeInfo Node, bool IsAssumed, TimeSpan? Expires);
