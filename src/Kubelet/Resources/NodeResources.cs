using System.Globalization;
using KubeSharp.Linux.Files;

namespace KubeSharp.Kubelet.Resources;

/// <summary>What the node has, and what of it pods may have.</summary>
/// <param name="MemoryBytes">All of the machine's memory.</param>
internal sealed record NodeResources(int Cpus, long MemoryBytes, long StorageBytes, int MaxPods)
{
    /// <summary>Memory that eviction keeps free: kubelet's default <c>evictionHard</c> of memory.available.</summary>
    private const long EvictionMemory = 100L << 20;

    public IReadOnlyDictionary<string, Quantity> Capacity => new SortedDictionary<string, Quantity>(StringComparer.Ordinal)
    {
        ["cpu"] = Quantity.From(Cpus),
        ["ephemeral-storage"] = Quantity.FromBytes(StorageBytes),
        ["hugepages-1Gi"] = Quantity.Zero,
        ["hugepages-2Mi"] = Quantity.Zero,
        ["memory"] = Quantity.FromBytes(MemoryBytes),
        ["pods"] = Quantity.From(MaxPods),
    };

    /// <summary>Capacity less what eviction keeps free: 100 Mi of memory and a tenth of the disk.</summary>
    public IReadOnlyDictionary<string, Quantity> Allocatable => new SortedDictionary<string, Quantity>(StringComparer.Ordinal)
    {
        ["cpu"] = Quantity.From(Cpus),
        ["ephemeral-storage"] = Quantity.From(StorageBytes - (long)(StorageBytes * 0.1f)),
        ["hugepages-1Gi"] = Quantity.Zero,
        ["hugepages-2Mi"] = Quantity.Zero,
        ["memory"] = Quantity.FromBytes(Math.Max(0, MemoryBytes - EvictionMemory)),
        ["pods"] = Quantity.From(MaxPods),
    };

    /// <param name="dataDir">Its file system is the node's ephemeral storage.</param>
    public static NodeResources Read(string dataDir, int maxPods) =>
        new(CpuCount(), MemoryInfo("MemTotal"), FileSystemSpace.Of(dataDir).TotalBytes, maxPods);

    /// <summary>The machine's CPUs, whatever limits this process itself is under.</summary>
    private static int CpuCount() => File.ReadLines("/proc/stat").Count(l => l.Length > 3 && l.StartsWith("cpu", StringComparison.Ordinal) && char.IsAsciiDigit(l[3]));

    /// <summary>A line of <c>/proc/meminfo</c>, in bytes.</summary>
    public static long MemoryInfo(string key)
    {
        foreach (var line in File.ReadLines("/proc/meminfo"))
        {
            if (line.StartsWith(key, StringComparison.Ordinal) && line[key.Length] == ':')
                return long.Parse(line.AsSpan(key.Length + 1, line.Length - key.Length - 1 - " kB".Length).Trim(), CultureInfo.InvariantCulture) * 1024;
        }

        return 0;
    }
}
