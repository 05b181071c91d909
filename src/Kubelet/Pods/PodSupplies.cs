using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Environment;
using KubeSharp.Kubelet.Images;
using KubeSharp.Kubelet.Resources;
using KubeSharp.Kubelet.Volumes;
using Container = KubeSharp.Objects.CoreV1.Container;

namespace KubeSharp.Kubelet.Pods;

/// <summary>What the node gives to its pods.</summary>
/// <param name="ResourcesOf">A container's requests and limits as the runtime takes them.</param>
internal sealed record PodSupplies(
    IImages Images, IPodVolumes Volumes, IContainerEnvironment Environments, IPodCgroups Cgroups, Func<Pod, Container, LinuxContainerResources> ResourcesOf);
