namespace KubeSharp.Linux.Cgroups;

/// <summary>What a cgroup may use; <see langword="null"/> leaves a limit as it is, <see cref="Unlimited"/> takes it off.</summary>
/// <param name="CpuShares">v1 weight, 2 to 262144; a thousandth of a CPU is 1.024 shares.</param>
/// <param name="CpuQuotaMicroseconds">Per period of <see cref="CpuPeriodMicroseconds"/>.</param>
/// <param name="MemoryBytes">Memory without swap.</param>
/// <param name="Processes">Processes and threads.</param>
public sealed record CgroupLimits(long? CpuShares = null, long? CpuQuotaMicroseconds = null, long? MemoryBytes = null, long? Processes = null)
{
    public const long Unlimited = -1;
    public const long CpuPeriodMicroseconds = 100_000;
}
