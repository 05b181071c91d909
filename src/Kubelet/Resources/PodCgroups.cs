using System.Collections.Concurrent;
using KubeSharp.Linux.Cgroups;

namespace KubeSharp.Kubelet.Resources;

/// <inheritdoc cref="IPodCgroups"/>
/// <param name="root">The cgroup below which <c>kubepods</c> is made: <c>/</c> on a machine of one node.</param>
internal sealed class PodCgroups(ICgroups cgroups, string root, NodeResources node) : IPodCgroups
{
    private const string PodPrefix = "pod";

    /// <summary>The CPU that each Burstable pod asks for: their class' weight is the sum.</summary>
    private readonly ConcurrentDictionary<string, long> _burstable = new();
    private readonly Lock _classes = new();
    private bool _hasClasses;

    private string Top => $"{root.TrimEnd('/')}/kubepods";

    public string Ensure(Pod pod)
    {
        EnsureClasses();
        var qos = PodDemand.ClassOf(pod);
        var path = $"{ClassPath(qos)}/{PodPrefix}{pod.Metadata.Uid}";
        cgroups.Create(path);
        cgroups.SetLimits(path, Limits(pod, qos));
        if (qos == QosClass.Burstable)
        {
            var milli = PodDemand.Request(pod, "cpu").MilliValue;
            if (!_burstable.TryGetValue(pod.Metadata.Uid, out var before) || before != milli)
            {
                _burstable[pod.Metadata.Uid] = milli;
                WeighBurstable();
            }
        }

        return path;
    }

    public async Task RemoveAsync(string podUid, CancellationToken ct)
    {
        foreach (var qos in Enum.GetValues<QosClass>())
            await cgroups.RemoveAsync($"{ClassPath(qos)}/{PodPrefix}{podUid}", ct);
        if (_burstable.TryRemove(podUid, out _))
            WeighBurstable();
    }

    /// <summary>Removes every group of this node, the root too if it is its own.</summary>
    public async Task RemoveAllAsync(CancellationToken ct)
    {
        await cgroups.RemoveAsync(Top, ct);
        if (root.Trim('/').Length > 0)
            await cgroups.RemoveAsync(root.TrimEnd('/'), ct);
    }

    public IReadOnlyCollection<string> PodsWithCgroup() =>
    [
        .. Enum.GetValues<QosClass>()
            .SelectMany(q => cgroups.Children(ClassPath(q)))
            .Where(n => n.StartsWith(PodPrefix, StringComparison.Ordinal))
            .Select(n => n[PodPrefix.Length..]),
    ];

    /// <summary>What a pod and all in it use; <see langword="null"/> if it has no cgroup.</summary>
    public CgroupUsage? Usage(Pod pod) => cgroups.Usage($"{ClassPath(PodDemand.ClassOf(pod))}/{PodPrefix}{pod.Metadata.Uid}");

    /// <summary>The processes of a pod.</summary>
    public IReadOnlyCollection<int> Processes(Pod pod) => cgroups.Processes($"{ClassPath(PodDemand.ClassOf(pod))}/{PodPrefix}{pod.Metadata.Uid}");

    /// <summary>Makes the classes' groups with their limits; called for each pod, does something once.</summary>
    public void EnsureClasses()
    {
        lock (_classes)
        {
            if (_hasClasses && cgroups.Exists(ClassPath(QosClass.BestEffort)))
                return;

            foreach (var qos in Enum.GetValues<QosClass>())
                cgroups.Create(ClassPath(qos));
            var allocatable = node.Allocatable;
            cgroups.SetLimits(Top, new(CpuShares: CpuShares.Of(allocatable["cpu"]), MemoryBytes: allocatable["memory"].Value));
            cgroups.SetLimits(ClassPath(QosClass.BestEffort), new(CpuShares: CpuShares.Minimum));
            _hasClasses = true;
        }

        WeighBurstable();
    }

    internal static CgroupLimits Limits(Pod pod, QosClass qos)
    {
        if (qos == QosClass.BestEffort)
            return new(CpuShares: CpuShares.Minimum);

        var (cpu, memory) = (PodDemand.Limit(pod, "cpu"), PodDemand.Limit(pod, "memory"));
        return new(
            CpuShares: CpuShares.Of(PodDemand.Request(pod, "cpu")),
            CpuQuotaMicroseconds: cpu is { } c ? CpuShares.Quota(c) : CgroupLimits.Unlimited,
            MemoryBytes: memory is { } m ? m.Value : CgroupLimits.Unlimited);
    }

    private void WeighBurstable() =>
        cgroups.SetLimits(ClassPath(QosClass.Burstable), new(CpuShares: CpuShares.Of(Quantity.FromMilli(_burstable.Values.Sum()))));

    /// <summary>Guaranteed pods are directly below <c>kubepods</c>.</summary>
    private string ClassPath(QosClass qos) => qos switch
    {
        QosClass.Burstable => Top + "/burstable",
        QosClass.BestEffort => Top + "/besteffort",
        _ => Top,
    };
}
