using KubeSharp.Kubelet.Pods;
using KubeSharp.Kubelet.Probes;

namespace KubeSharp.Kubelet.Lifecycle;

/// <summary>What has to happen so that the runtime has what the pod asks for.</summary>
internal sealed record PodPlan
{
    public static PodPlan Nothing { get; } = new();

    /// <summary>Everything of the old sandbox ends; without <see cref="CreatesSandbox"/> the pod is over.</summary>
    public bool KillsPod { get; init; }

    public bool CreatesSandbox { get; init; }

    /// <summary>How many sandboxes the pod had before the new one.</summary>
    public int SandboxAttempt { get; init; }

    /// <summary>In order, one after the other.</summary>
    public IReadOnlyList<ContainerStart> Starts { get; init; } = [];

    public IReadOnlyList<ContainerKill> Kills { get; init; } = [];

    /// <summary>Containers that would start but for their back-off.</summary>
    public IReadOnlyList<ContainerWait> Waits { get; init; } = [];

    public bool IsNothing => !KillsPod && !CreatesSandbox && Starts.Count == 0 && Kills.Count == 0;
}

/// <param name="Last">The life before; null for the first one.</param>
internal sealed record ContainerStart(Container Container, ContainerKind Kind, ContainerInstance? Last)
{
    /// <summary>The newest life that has ended, from whose end its back-off counts; null if that does not matter.</summary>
    public ContainerInstance? Ended { get; init; }
}

/// <param name="Message">The event's text.</param>
/// <param name="Probe">The probe whose failure ends it, which may have a grace period of its own.</param>
internal sealed record ContainerKill(ContainerInstance Instance, string Message, Probe? Probe = null);

internal sealed record ContainerWait(ContainerStart Start, TimeSpan Delay, DateTimeOffset Until);

/// <summary>All that a plan depends on.</summary>
/// <param name="Verdict">What a container's probes say: null while nothing is known.</param>
/// <param name="BackOff">By container name; null if nothing is recorded.</param>
internal sealed record PlanInput(
    Pod Pod, PodRuntimeState State, Func<string, ProbeKind, bool?> Verdict, Func<string, RestartBackOff?> BackOff, DateTimeOffset Now);
