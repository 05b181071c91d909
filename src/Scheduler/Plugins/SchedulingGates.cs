using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Plugins;

/// <summary>Keeps a pod out of the queue until all its gates are removed.</summary>
internal sealed class SchedulingGates : IPreEnqueue
{
    public string Name => nameof(SchedulingGates);

    public bool Admits(PodInfo pod) => pod.Pod.Spec.SchedulingGates.Count == 0;
}
