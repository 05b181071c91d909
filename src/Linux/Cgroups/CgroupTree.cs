using KubeSharp.Linux.Mounts;

namespace KubeSharp.Linux.Cgroups;

/// <summary>Finds out which version of cgroups this machine runs.</summary>
public static class CgroupTree
{
    /// <exception cref="PlatformNotSupportedException">No cgroups are mounted, or those have no memory controller.</exception>
    public static ICgroups Open(TimeProvider clock)
    {
        var mounts = MountTable.Read();
        if (mounts.Any(m => m.Type == "cgroup" && m.SuperOptions.Split(',').Contains("memory")))
            return new CgroupsV1(mounts, clock);
        if (mounts.FirstOrDefault(m => m.Type == "cgroup2") is { } unified)
            return new CgroupsV2(unified.Path, clock);

        throw new PlatformNotSupportedException("No cgroups with a memory controller are mounted under /sys/fs/cgroup");
    }
}
