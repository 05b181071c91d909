using KubeSharp.Linux.Mounts;

namespace KubeSharp.Linux.Cgroups;

/// <summary>One hierarchy a controller, perhaps with a v2 tree beside them that has few controllers (systemd's "hybrid").</summary>
internal sealed class CgroupsV1 : ICgroups
{
    private static readonly TimeSpan KillTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryPeriod = TimeSpan.FromMilliseconds(10);

    private readonly TimeProvider _clock;
    private readonly IReadOnlyList<string> _hierarchies;
    private readonly Dictionary<string, string> _byController = new(StringComparer.Ordinal);

    /// <param name="mounts">Of which the types cgroup and cgroup2 matter.</param>
    public CgroupsV1(IReadOnlyList<MountEntry> mounts, TimeProvider clock)
    {
        _clock = clock;
        _hierarchies = [.. mounts.Where(m => m.Type is "cgroup" or "cgroup2" && m.Root == "/").Select(m => m.Path).Distinct()];
        foreach (var mount in mounts.Where(m => m.Type == "cgroup"))
        {
            foreach (var option in mount.SuperOptions.Split(','))
                _byController.TryAdd(option, mount.Path);
        }
    }

    public void Create(string path)
    {
        foreach (var hierarchy in _hierarchies)
        {
            var group = hierarchy;
            foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                var parent = group;
                group = Path.Combine(parent, name);
                Directory.CreateDirectory(group);
                if (hierarchy == _byController.GetValueOrDefault("cpuset"))
                    InheritCpuset(parent, group);
            }
        }
    }

    public bool Exists(string path) => Directory.Exists(At(_byController["memory"], path));

    public bool Has(string path, string file) => false;

    public void SetLimits(string path, CgroupLimits limits)
    {
        if (limits.CpuShares is { } shares)
            Write("cpu", path, "cpu.shares", shares);
        if (limits.CpuQuotaMicroseconds is { } quota)
        {
            Write("cpu", path, "cpu.cfs_period_us", CgroupLimits.CpuPeriodMicroseconds);
            Write("cpu", path, "cpu.cfs_quota_us", quota);
        }

        if (limits.MemoryBytes is { } memory)
            Write("memory", path, "memory.limit_in_bytes", memory);
        if (limits.Processes is { } processes && _byController.TryGetValue("pids", out var pids))
            CgroupFiles.Write(At(pids, path), "pids.max", processes < 0 ? "max" : processes.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    public IReadOnlyCollection<string> Children(string path) =>
        [.. _hierarchies.SelectMany(h => Names(At(h, path))).Distinct()];

    public IReadOnlyCollection<int> Processes(string path) =>
        [.. _hierarchies.SelectMany(h => CgroupFiles.ProcessesIn(At(h, path))).Distinct()];

    public CgroupUsage? Usage(string path)
    {
        if (!Exists(path))
            return null;

        var memory = At(_byController["memory"], path);
        var stat = CgroupFiles.ReadKeyed(memory, "memory.stat");
        var used = CgroupFiles.ReadNumber(memory, "memory.usage_in_bytes");
        return new(
            CpuNanoseconds: _byController.TryGetValue("cpuacct", out var cpu) ? CgroupFiles.ReadNumber(At(cpu, path), "cpuacct.usage") : 0,
            MemoryBytes: used,
            WorkingSetBytes: Math.Max(0, used - stat.GetValueOrDefault("total_inactive_file")),
            RssBytes: stat.GetValueOrDefault("total_rss"),
            PageFaults: stat.GetValueOrDefault("total_pgfault"),
            MajorPageFaults: stat.GetValueOrDefault("total_pgmajfault"),
            Processes: _byController.TryGetValue("pids", out var pids) ? CgroupFiles.ReadNumber(At(pids, path), "pids.current") : 0);
    }

    /// <remarks>v1 says nothing when a group gets empty, so this looks again until it is.</remarks>
    public async Task RemoveAsync(string path, CancellationToken ct)
    {
        var start = _clock.GetTimestamp();
        while (true)
        {
            if (_byController.TryGetValue("freezer", out var freezer))
                Thaw(At(freezer, path));
            foreach (var pid in Processes(path))
                CgroupFiles.Kill(pid);
            var isGone = true;
            foreach (var hierarchy in _hierarchies)
                isGone &= CgroupFiles.TryRemove(At(hierarchy, path));
            if (isGone)
                return;
            if (_clock.GetElapsedTime(start) > KillTimeout)
                throw new IOException($"cgroup {path} is still in use by {string.Join(", ", Processes(path))}");

            await Task.Delay(RetryPeriod, _clock, ct);
        }
    }

    /// <summary>A new v1 cpuset allows nothing, and then no process can enter it.</summary>
    private static void InheritCpuset(string parent, string group)
    {
        foreach (var file in (string[])["cpuset.cpus", "cpuset.mems"])
        {
            if (CgroupFiles.Read(group, file).Length == 0)
                CgroupFiles.Write(group, file, CgroupFiles.Read(parent, file));
        }
    }

    /// <summary>A frozen process does not die.</summary>
    private static void Thaw(string group)
    {
        foreach (var frozen in CgroupFiles.DeepestFirst(group).Where(g => CgroupFiles.Read(g, "freezer.state") is not ("THAWED" or "")))
            CgroupFiles.Write(frozen, "freezer.state", "THAWED");
    }

    private static IEnumerable<string> Names(string directory) =>
        Directory.Exists(directory) ? Directory.EnumerateDirectories(directory).Select(d => Path.GetFileName(d)) : [];

    private static string At(string hierarchy, string path) => Path.Combine(hierarchy, path.TrimStart('/'));

    private void Write(string controller, string path, string file, long value)
    {
        if (_byController.TryGetValue(controller, out var hierarchy))
            CgroupFiles.Write(At(hierarchy, path), file, value);
    }
}
