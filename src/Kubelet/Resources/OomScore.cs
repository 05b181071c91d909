using System.Globalization;

namespace KubeSharp.Kubelet.Resources;

/// <summary>Whom the kernel kills first when memory runs out (-1000 to 1000, more is sooner).</summary>
internal static class OomScore
{
    private const long Protected = -997;
    private const long First = 1000;
    private const int SysResource = 24; // CAP_SYS_RESOURCE

    /// <summary>The least score this process may give: lowering one below one's own takes CAP_SYS_RESOURCE, and runc fails without.</summary>
    public static long Floor { get; } = ReadFloor();

    /// <param name="memoryCapacity">The node's memory in bytes.</param>
    public static long Of(Pod pod, Container container, long memoryCapacity) => Math.Max(Floor, Wanted(pod, container, memoryCapacity));

    /// <summary>A container that asked for much of the node's memory is spared longer than one that asked for little.</summary>
    internal static long Wanted(Pod pod, Container container, long memoryCapacity)
    {
        const int SystemCritical = 2_000_000_000;
        if (pod.Spec.Priority >= SystemCritical)
            return Protected;

        switch (PodDemand.ClassOf(pod))
        {
            case QosClass.Guaranteed:
                return Protected;
            case QosClass.BestEffort:
                return First;
            default:
                var request = container.Resources.Requests.GetValueOrDefault("memory").Value;
                var score = First - (memoryCapacity > 0 ? (long)((Int128)First * request / memoryCapacity) : 0);
                return Math.Clamp(score, First + Protected, First - 1);
        }
    }

    private static long ReadFloor()
    {
        var effective = File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("CapEff:", StringComparison.Ordinal));
        var isPrivileged = effective is not null
            && (ulong.Parse(effective.AsSpan("CapEff:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << SysResource)) != 0;
        return isPrivileged ? -1000 : long.Parse(File.ReadAllText("/proc/self/oom_score_adj").Trim(), CultureInfo.InvariantCulture);
    }
}
