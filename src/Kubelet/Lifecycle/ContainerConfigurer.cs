using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Environment;
using KubeSharp.Kubelet.Images;
using KubeSharp.Kubelet.Pods;
using KubeSharp.Kubelet.Volumes;
using Mount = KubeSharp.Kubelet.Cri.Mount;

namespace KubeSharp.Kubelet.Lifecycle;

/// <summary>Makes what the runtime is told of a container, and what must be on the disk for it.</summary>
internal sealed class ContainerConfigurer(PodSupplies supplies, IRuntimeImages images, SubPaths subPaths, NodeFacts facts, TimeProvider clock, Random random)
{
    private readonly Lock _randomGate = new();

    /// <param name="imageVolumes">References of the images that are mounted, by volume.</param>
    /// <param name="targetId">The container whose processes an ephemeral container joins; empty for none.</param>
    /// <exception cref="ContainerConfigException">The pod asks for what cannot be.</exception>
    /// <exception cref="RuntimeException">The runtime could not be asked about the image.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public async Task<ContainerConfig> ConfigureAsync(
        PodContext context, ContainerStart start, PresentImage image, IReadOnlyDictionary<string, string> imageVolumes, int restartCount, string targetId, CancellationToken ct)
    {
        var (pod, container) = (context.Pod, start.Container);
        if (SecurityContexts.MustAskImage(pod, container))
            SecurityContexts.CheckNonRoot(pod, container, await images.FindImageAsync(new() { Image = image.Reference }, ct));
        else
            SecurityContexts.CheckNonRoot(pod, container, image: null);

        var environment = await supplies.Environments.ResolveAsync(pod, container, context.PodIps, ct);
        var mounts = new List<Mount>(ContainerMounts.Of(
            container, context.Volumes, environment.Variables, imageVolumes,
            (index, mount, volume, subPath) => subPaths.Prepare(pod, container.Name, index, mount, volume, subPath)));
        if (ContainerConfigs.HostsMount(context, container, facts) is { } hosts)
            mounts.Add(hosts);
        if (ContainerConfigs.TerminationLogMount(context, container, NextName()) is { } terminationLog)
            mounts.Add(terminationLog);

        // The runtime opens the log file itself, but makes no directory for it.
        Directory.CreateDirectory(Path.Combine(context.Sandbox.LogDirectory, container.Name));
        return ContainerConfigs.Of(context, container, start.Kind, restartCount, image, environment, mounts, supplies.ResourcesOf(pod, container), targetId, facts);
    }

    private string NextName()
    {
        lock (_randomGate)
            return $"{clock.GetUtcNow().ToUnixTimeMilliseconds():x}{random.Next(0x10000):x4}";
    }
}
