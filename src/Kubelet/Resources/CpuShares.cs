namespace KubeSharp.Kubelet.Resources;

/// <summary>Kubernetes' thousandths of a CPU in the kernel's units.</summary>
internal static class CpuShares
{
    public const long Minimum = 2;
    public const long Period = 100_000;

    private const long Maximum = 262_144;
    private const long MinimumQuota = 1_000;

    /// <summary>The weight for a request; none asked for is the least weight.</summary>
    public static long Of(Quantity request) => Math.Clamp(request.MilliValue * 1024 / 1000, Minimum, Maximum);

    /// <summary>Microseconds of CPU in each period; a hundredth of a CPU is the least the kernel takes.</summary>
    public static long Quota(Quantity limit) => Math.Max(limit.MilliValue * Period / 1000, MinimumQuota);
}
