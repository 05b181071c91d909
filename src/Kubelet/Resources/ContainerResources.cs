using KubeSharp.Kubelet.Cri;
using Container = KubeSharp.Objects.CoreV1.Container;

namespace KubeSharp.Kubelet.Resources;

/// <summary>A container's requests and limits as the kernel takes them.</summary>
internal static class ContainerResources
{
    private const long PeriodMicroseconds = 100_000;

    internal static LinuxContainerResources Of(Pod pod, Container container, NodeFacts facts)
    {
        var limits = container.Resources.Limits;
        var requests = container.Resources.Requests;
        var cpuLimit = limits.TryGetValue("cpu", out var l) ? l.MilliValue : 0;
        var cpuRequest = requests.TryGetValue("cpu", out var r) ? r.MilliValue : cpuLimit;
        var resources = new LinuxContainerResources
        {
            CpuPeriod = PeriodMicroseconds,
            CpuShares = Math.Clamp(cpuRequest * 1024 / 1000, 2, 262_144),
            MemoryLimitInBytes = limits.TryGetValue("memory", out var memory) ? memory.Value : 0,
            OomScoreAdj = OomScoreOf(pod, container, facts),
        };
        if (cpuLimit > 0)
            resources.CpuQuota = Math.Max(1000, cpuLimit * PeriodMicroseconds / 1000);
        return resources;
    }

    private static long OomScoreOf(Pod pod, Container container, NodeFacts facts)
    {
        if (pod.Status.QosClass == "Guaranteed")
            return -997;
        if (pod.Status.QosClass == "BestEffort" || facts.MemoryCapacity <= 0)
            return 1000;

        var request = container.Resources.Requests.TryGetValue("memory", out var memory) ? memory.Value : 0;
        return Math.Clamp(1000 - (1000 * request / facts.MemoryCapacity), 3, 999);
    }
}
