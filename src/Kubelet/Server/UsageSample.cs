namespace KubeSharp.Kubelet.Server;

/// <summary>CPU and memory at one moment, of a container, a pod or the node.</summary>
/// <param name="NanoCores">How much CPU was used lately, in billionths of a core; <see langword="null"/> before there are two samples.</param>
internal sealed record UsageSample(
    DateTimeOffset Time,
    long CpuNanoseconds,
    long? NanoCores,
    long MemoryBytes,
    long WorkingSetBytes,
    long RssBytes = 0,
    long PageFaults = 0,
    long MajorPageFaults = 0,
    long? AvailableBytes = null);
