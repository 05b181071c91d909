using KubeSharp.Scheduler.Framework;
using KubeSharp.Scheduler.Queue;

namespace KubeSharp.Scheduler.Cycle;

/// <summary>Something to tell the API about a pod.</summary>
internal abstract record Errand(PodInfo Pod);

/// <summary>The pod goes to this node.</summary>
internal sealed record BindErrand(PodInfo Pod, QueuedPod Queued, string NodeName) : Errand(Pod);

/// <summary>The pod could not be scheduled.</summary>
/// <param name="Reason">Of the pod's condition: <c>Unschedulable</c> or <c>SchedulerError</c>.</param>
internal sealed record FailureErrand(PodInfo Pod, string Reason, string Message) : Errand(Pod);
