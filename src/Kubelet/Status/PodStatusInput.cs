using KubeSharp.Kubelet.Pods;
using KubeSharp.Kubelet.Probes;

namespace KubeSharp.Kubelet.Statuses;

/// <summary>All that a pod's status depends on.</summary>
internal sealed record PodStatusInput
{
    public required Pod Pod { get; init; }

    public required NodeFacts Facts { get; init; }

    /// <summary>The status before this one: its times and what the runtime no longer knows are kept.</summary>
    public required PodStatus Before { get; init; }

    public required PodRuntimeState State { get; init; }

    /// <summary>What a container's probes say: null while nothing is known.</summary>
    public Func<string, ProbeKind, bool?> Verdict { get; init; } = (_, _) => null;

    /// <summary>Why containers wait, by name.</summary>
    public IReadOnlyDictionary<string, ContainerStateWaiting> Waiting { get; init; } = Nil.Map<ContainerStateWaiting>();

    /// <summary>Why the node ends the pod, if it does: eviction, a deadline.</summary>
    public PodFailure? Failure { get; init; }

    /// <summary>Whether nothing will start in this pod any more.</summary>
    public bool IsEnding { get; init; }

    public required DateTimeOffset Now { get; init; }
}

/// <summary>A pod's end that is not its containers' doing: <c>Evicted</c>, <c>DeadlineExceeded</c>, <c>OutOfcpu</c>.</summary>
internal sealed record PodFailure(string Reason, string Message);
