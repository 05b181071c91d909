using KubeSharp.Client;
using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Lifecycle;
using KubeSharp.Kubelet.Probes;
using KubeSharp.Kubelet.Resources;
using KubeSharp.Kubelet.Volumes;

namespace KubeSharp.Kubelet.Pods;

/// <summary>What every pod's worker works with; made once.</summary>
internal sealed record PodServices
{
    public required NodeFacts Facts { get; init; }

    public required IRuntime Runtime { get; init; }

    public required RuntimeReader Reader { get; init; }

    public required SandboxStarter Sandboxes { get; init; }

    public required ContainerStarter Starter { get; init; }

    public required ContainerKiller Killer { get; init; }

    public required ProbeLoops Probes { get; init; }

    public required ProbeResults Verdicts { get; init; }

    public required IPodVolumes Volumes { get; init; }

    public required IPodCgroups Cgroups { get; init; }

    public required IClient Client { get; init; }

    public required IEventRecorder Events { get; init; }

    public required TimeProvider Clock { get; init; }
}
