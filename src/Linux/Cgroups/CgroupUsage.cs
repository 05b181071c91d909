namespace KubeSharp.Linux.Cgroups;

/// <summary>What a cgroup and those below it use.</summary>
/// <param name="CpuNanoseconds">CPU time since it was made.</param>
/// <param name="WorkingSetBytes">Memory less inactive file cache: what eviction goes by.</param>
/// <param name="RssBytes">Anonymous memory.</param>
public sealed record CgroupUsage(
    long CpuNanoseconds, long MemoryBytes, long WorkingSetBytes, long RssBytes, long PageFaults, long MajorPageFaults, long Processes);
