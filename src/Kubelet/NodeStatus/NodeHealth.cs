using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Resources;
using KubeSharp.Linux.Files;

namespace KubeSharp.Kubelet.NodeStatus;

/// <summary>What the node's conditions follow from.</summary>
/// <param name="Problems">Why the node is not ready; empty if it is.</param>
internal sealed record NodeHealth(bool IsShortOfMemory, bool IsShortOfDisk, bool IsShortOfProcesses, IReadOnlyList<string> Problems)
{
    // Kubelet's default evictionHard, and a tenth of the process numbers, for which it has no default.
    private const long MemoryLeft = 100L << 20;
    private const int DiskPercentLeft = 10;
    private const int InodePercentLeft = 5;
    private const int ProcessPercentLeft = 10;

    /// <param name="runtime">Its answer; <see langword="null"/> if it gave none.</param>
    public static NodeHealth Measure(StatusResponse? runtime, string dataDir)
    {
        var space = FileSystemSpace.Of(dataDir);
        var processes = MachineFacts.MaxProcesses();
        return new(
            NodeResources.MemoryInfo("MemAvailable") < MemoryLeft,
            IsBelow(space.AvailableBytes, space.TotalBytes, DiskPercentLeft) || IsBelow(space.FreeInodes, space.TotalInodes, InodePercentLeft),
            IsBelow(processes - MachineFacts.RunningProcesses(), processes, ProcessPercentLeft),
            [.. ProblemsOf(runtime)]);
    }

    /// <summary>In upstream's words, which users look for.</summary>
    internal static IEnumerable<string> ProblemsOf(StatusResponse? answer)
    {
        if (answer?.Status is not { } status)
        {
            yield return "container runtime is down";
            yield break;
        }

        foreach (var (type, what) in ((string, string)[])[("RuntimeReady", "container runtime not ready"), ("NetworkReady", "container runtime network not ready")])
        {
            var condition = status.Conditions.FirstOrDefault(c => c.Type == type);
            if (condition is null)
                yield return $"{what}: condition {type} not set";
            else if (!condition.Status)
                yield return $"{what}: {type}=false reason:{condition.Reason} message:{condition.Message}";
        }
    }

    /// <summary>A file system without a count of inodes (btrfs) says zero of zero.</summary>
    private static bool IsBelow(long left, long total, int percent) => total > 0 && left < total / 100 * percent;
}
