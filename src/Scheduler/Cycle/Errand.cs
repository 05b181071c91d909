using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Framework;
using KubeSharp.Scheduler.Queue;

namespace KubeSharp.Scheduler.Cycle;

/// <summary>Something to tell the API about a pod.</summary>
internal abstract record Errand(PodInfo Pod);

/// <summary>The pod goes to this node.</summary>
internal sealed record BindErrand(PodInfo Pod, QueuedPod Queued, string NodeName) : Errand(Pod);

/// <summary>The pod's claims get their volumes; it is bound when they have them.</summary>
internal sealed record VolumesErrand(PodInfo Pod, QueuedPod Queued, string NodeName, IReadOnlyList<ClaimPlan> Plans) : Errand(Pod);

/// <summary>The pod could not be scheduled.</summary>
/// <param name="Reason">Of the pod's condition: <c>Unschedulable</c> or <c>SchedulerError</c>.</param>
/// <param name="NominatedNode">Where room is being made for it; empty for nowhere.</param>
internal sealed record FailureErrand(PodInfo Pod, string Reason, string Message, string NominatedNode) : Errand(Pod);

/// <summary>A pod must go.</summary>
/// <param name="Pod">The victim.</param>
internal sealed record PreemptErrand(PodInfo Pod, PodInfo Preemptor, string NodeName) : Errand(Pod);
