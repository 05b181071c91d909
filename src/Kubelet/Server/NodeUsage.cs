using System.Globalization;
using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Resources;
using KubeSharp.Linux.Files;

namespace KubeSharp.Kubelet.Server;

/// <summary>A container's numbers and whose it is.</summary>
internal sealed record ContainerUsage(string Id, string Name, DateTimeOffset? StartedAt, UsageSample Usage, long RootBytes, long RootInodes, long LogBytes);

/// <summary>Bytes and packets of an interface since it came up.</summary>
internal sealed record InterfaceCounts(string Name, long ReceivedBytes, long ReceiveErrors, long SentBytes, long SendErrors);

internal sealed record PodUsage(Pod Pod, UsageSample? Usage, long Processes, IReadOnlyList<ContainerUsage> Containers, IReadOnlyList<InterfaceCounts> Network);

/// <summary>Measures the node and its pods when somebody asks.</summary>
internal sealed class NodeUsage(IPods pods, IRuntimeStats runtime, PodCgroups cgroups, TimeProvider clock)
{
    private readonly CpuRates _rates = new();

    /// <summary>The whole machine.</summary>
    public UsageSample Node()
    {
        var now = clock.GetUtcNow();
        var total = NodeResources.MemoryInfo("MemTotal");
        var available = NodeResources.MemoryInfo("MemAvailable");
        var cpu = MachineCpuNanoseconds();
        return new(
            now,
            cpu,
            _rates.NanoCores("/", now, cpu),
            MemoryBytes: total - NodeResources.MemoryInfo("MemFree"),
            WorkingSetBytes: total - available,
            RssBytes: NodeResources.MemoryInfo("AnonPages"),
            AvailableBytes: available);
    }

    public async Task<IReadOnlyList<PodUsage>> PodsAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var stats = (await runtime.ListContainerStatsAsync(new(), ct))
            .ToLookup(s => s.Attributes?.Labels.GetValueOrDefault(CriLabels.PodUid, "") ?? "");
        return [.. pods.All.Where(p => p.Status.Phase == "Running").Select(p => Of(p, stats[p.Metadata.Uid], now))];
    }

    /// <summary>The interfaces of the network namespace that a process is in.</summary>
    internal static IReadOnlyList<InterfaceCounts> ParseInterfaces(string netDev)
    {
        var found = new List<InterfaceCounts>();
        foreach (var line in netDev.Split('\n').Skip(2))
        {
            if (line.Split(':') is not [var name, var counts] || name.Trim() == "lo")
                continue;

            var c = counts.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (c.Length >= 11)
                found.Add(new(name.Trim(), Number(c[0]), Number(c[2]), Number(c[8]), Number(c[10])));
        }

        return found;
    }

    private PodUsage Of(Pod pod, IEnumerable<ContainerStats> stats, DateTimeOffset now)
    {
        var group = cgroups.Usage(pod);
        var sample = group is null ? null : new UsageSample(
            now,
            group.CpuNanoseconds,
            _rates.NanoCores(pod.Metadata.Uid, now, group.CpuNanoseconds),
            group.MemoryBytes,
            group.WorkingSetBytes,
            group.RssBytes,
            group.PageFaults,
            group.MajorPageFaults);
        return new(pod, sample, group?.Processes ?? 0, [.. stats.Select(s => Of(pod, s))], Network(pod));
    }

    private ContainerUsage Of(Pod pod, ContainerStats stats)
    {
        var time = CriTimes.ToTime(stats.Cpu?.Timestamp ?? 0) ?? clock.GetUtcNow();
        var cpu = (long)(stats.Cpu?.UsageCoreNanoSeconds?.Value ?? 0);
        var name = stats.Attributes.Labels.GetValueOrDefault(CriLabels.ContainerName, stats.Attributes.Metadata?.Name ?? "");
        var status = pod.Status.ContainerStatuses.Concat(pod.Status.InitContainerStatuses).FirstOrDefault(s => s.Name == name);
        var memory = stats.Memory;
        return new(
            stats.Attributes.Id,
            name,
            status?.State.Running?.StartedAt,
            new(
                time,
                cpu,
                _rates.NanoCores(stats.Attributes.Id, time, cpu),
                (long)(memory?.UsageBytes?.Value ?? memory?.WorkingSetBytes?.Value ?? 0),
                (long)(memory?.WorkingSetBytes?.Value ?? 0),
                (long)(memory?.RssBytes?.Value ?? 0),
                (long)(memory?.PageFaults?.Value ?? 0),
                (long)(memory?.MajorPageFaults?.Value ?? 0)),
            (long)(stats.WritableLayer?.UsedBytes?.Value ?? 0),
            (long)(stats.WritableLayer?.InodesUsed?.Value ?? 0),
            pods.LogPath(pod, name, isPrevious: false) is { } log ? FileStatus.Of(log)?.DiskBytes ?? 0 : 0);
    }

    private IReadOnlyList<InterfaceCounts> Network(Pod pod)
    {
        if (pod.Spec.HostNetwork)
            return [];

        foreach (var pid in cgroups.Processes(pod))
        {
            try
            {
                return ParseInterfaces(File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/net/dev")));
            }
            catch (IOException)
            {
                // it has just ended; the next one is in the same namespace
            }
        }

        return [];
    }

    /// <summary>The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal in hundredths of a second.</summary>
    private static long MachineCpuNanoseconds()
    {
        const long NanosecondsPerTick = 10_000_000;
        var words = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (Number(words[1]) + Number(words[2]) + Number(words[3]) + Number(words[6]) + Number(words[7]) + Number(words[8])) * NanosecondsPerTick;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
