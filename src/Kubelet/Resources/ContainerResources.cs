using KubeSharp.Kubelet.Cri;

namespace KubeSharp.Kubelet.Resources;

/// <summary>A container's requests and limits as the runtime takes them.</summary>
internal static class ContainerResources
{
    /// <param name="unified">What every container's group gets in cgroup v2: <see cref="PodCgroups.OfEveryContainer"/>.</param>
    public static LinuxContainerResources Of(Pod pod, Objects.CoreV1.Container container, NodeResources node, IEnumerable<KeyValuePair<string, string>> unified)
    {
        var limits = container.Resources.Limits;
        var requests = container.Resources.Requests;
        var hasCpuLimit = limits.TryGetValue("cpu", out var cpuLimit) && !cpuLimit.IsZero;

        // A limit without a request stands for it, even where nobody defaulted it.
        var cpuRequest = requests.TryGetValue("cpu", out var asked) ? asked : cpuLimit;
        var resources = new LinuxContainerResources
        {
            CpuShares = CpuShares.Of(cpuRequest),
            CpuPeriod = CpuShares.Period,
            CpuQuota = hasCpuLimit ? CpuShares.Quota(cpuLimit) : 0,
            MemoryLimitInBytes = limits.GetValueOrDefault("memory").Value,
            OomScoreAdj = OomScore.Of(pod, container, node.MemoryBytes),
        };

        foreach (var (file, value) in unified)
            resources.Unified[file] = value;
        return resources;
    }
}
