using System.Globalization;

namespace KubeSharp.Linux.Cgroups;

/// <summary>The one tree in which every group has every controller that its parent hands down.</summary>
/// <param name="root">Where it is mounted: <c>/sys/fs/cgroup</c>.</param>
internal sealed class CgroupsV2(string root, TimeProvider clock) : ICgroups
{
    private static readonly string[] Controllers = ["cpu", "memory", "pids", "cpuset", "io", "hugetlb"];

    /// <summary>Without these no limit holds; the others a machine may keep to itself.</summary>
    private static readonly string[] Needed = ["cpu", "memory", "pids"];

    private static readonly TimeSpan KillTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryPeriod = TimeSpan.FromMilliseconds(10);

    public void Create(string path)
    {
        var group = root;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            HandDown(group);
            group = Path.Combine(group, name);
            Directory.CreateDirectory(group);
        }
    }

    public bool Exists(string path) => Directory.Exists(At(path));

    public bool Has(string path, string file) => File.Exists(Path.Combine(At(path), file));

    public void SetLimits(string path, CgroupLimits limits)
    {
        var group = At(path);
        if (limits.CpuShares is { } shares)
            CgroupFiles.Write(group, "cpu.weight", Weight(shares));
        if (limits.CpuQuotaMicroseconds is { } quota)
            CgroupFiles.Write(group, "cpu.max", string.Create(CultureInfo.InvariantCulture, $"{OrMax(quota)} {CgroupLimits.CpuPeriodMicroseconds}"));
        if (limits.MemoryBytes is { } memory)
            CgroupFiles.Write(group, "memory.max", OrMax(memory));
        if (limits.Processes is { } processes)
            CgroupFiles.Write(group, "pids.max", OrMax(processes));
    }

    public IReadOnlyCollection<string> Children(string path) =>
        Exists(path) ? [.. Directory.EnumerateDirectories(At(path)).Select(d => Path.GetFileName(d))] : [];

    public IReadOnlyCollection<int> Processes(string path) => [.. CgroupFiles.ProcessesIn(At(path))];

    public CgroupUsage? Usage(string path)
    {
        if (!Exists(path))
            return null;

        var group = At(path);
        var stat = CgroupFiles.ReadKeyed(group, "memory.stat");
        var used = CgroupFiles.ReadNumber(group, "memory.current");
        return new(
            CpuNanoseconds: CgroupFiles.ReadKeyed(group, "cpu.stat").GetValueOrDefault("usage_usec") * 1000,
            MemoryBytes: used,
            WorkingSetBytes: Math.Max(0, used - stat.GetValueOrDefault("inactive_file")),
            RssBytes: stat.GetValueOrDefault("anon"),
            PageFaults: stat.GetValueOrDefault("pgfault"),
            MajorPageFaults: stat.GetValueOrDefault("pgmajfault"),
            Processes: CgroupFiles.ReadNumber(group, "pids.current"));
    }

    public async Task RemoveAsync(string path, CancellationToken ct)
    {
        var (group, start) = (At(path), clock.GetTimestamp());
        while (Directory.Exists(group))
        {
            Kill(group);
            if (CgroupFiles.TryRemove(group))
                return;
            if (clock.GetElapsedTime(start) > KillTimeout)
                throw new IOException($"cgroup {path} is still in use by {string.Join(", ", Processes(path))}");

            await Task.Delay(RetryPeriod, clock, ct);
        }
    }

    /// <summary>runc's conversion of a v1 weight (2 to 262144) to a v2 one (1 to 10000).</summary>
    internal static long Weight(long shares) => Math.Clamp(1 + ((shares - 2) * 9999 / 262142), 1, 10000);

    /// <summary>Before Linux 5.14 there is no cgroup.kill.</summary>
    private static void Kill(string group)
    {
        if (File.Exists(Path.Combine(group, "cgroup.kill")))
        {
            CgroupFiles.Write(group, "cgroup.kill", 1);
            return;
        }

        foreach (var pid in CgroupFiles.ProcessesIn(group))
            CgroupFiles.Kill(pid);
    }

    /// <summary>A parent that holds processes cannot hand controllers down; the root can.</summary>
    /// <exception cref="IOException">The kernel refuses one that pods need.</exception>
    private static void HandDown(string parent)
    {
        var available = CgroupFiles.Read(parent, "cgroup.controllers").Split(' ');
        var handed = CgroupFiles.Read(parent, "cgroup.subtree_control").Split(' ');
        foreach (var controller in Controllers.Where(c => available.Contains(c) && !handed.Contains(c)))
        {
            try
            {
                CgroupFiles.Write(parent, "cgroup.subtree_control", "+" + controller);
            }
            catch (IOException e)
            {
                // EBUSY: the "root" of a container is a group like others. EINVAL: real-time processes keep the CPU's controller.
                if (Needed.Contains(controller))
                {
                    throw new IOException(
                        $"cgroup {parent} cannot hand the controller {controller} down to pods ({e.Message}): it holds processes itself; move them to a group beside those of pods, or choose another --cgroup-root", e);
                }
            }
        }
    }

    private static string OrMax(long value) => value < 0 ? "max" : value.ToString(CultureInfo.InvariantCulture);

    private string At(string path) => Path.Combine(root, path.TrimStart('/'));
}
