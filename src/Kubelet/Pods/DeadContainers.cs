using KubeSharp.Kubelet.Lifecycle;

namespace KubeSharp.Kubelet.Pods;

/// <summary>Which remains of a pod are no longer of use.</summary>
internal static class DeadContainers
{
    /// <summary>Kubelet's <c>--maximum-dead-containers-per-container</c>.</summary>
    private const int Kept = 1;

    public static IEnumerable<ContainerInstance> ToRemove(PodRuntimeState state) =>
        state.Containers.Where(c => c.State is InstanceState.Exited or InstanceState.Unknown).GroupBy(c => c.Name).SelectMany(g => g.Skip(Kept));

    public static IEnumerable<SandboxInstance> SandboxesToRemove(PodRuntimeState state) =>
        state.Sandboxes.Skip(1).Where(s => !s.IsReady && state.Containers.All(c => c.SandboxId != s.Id));

    public static void RemoveLog(ContainerInstance dead, Pod pod, NodeFacts facts)
    {
        try
        {
            if (dead.LogPath.Length > 0)
                File.Delete(dead.LogPath);
            RemoveLinks(facts, $"{pod.Metadata.Name}_{pod.Metadata.Namespace}_{dead.Name}-{dead.Id}.log");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The directory goes with the pod.
        }
    }

    /// <summary>Removes the logs of a pod that is gone.</summary>
    public static void RemoveLogs(Pod pod, NodeFacts facts)
    {
        try
        {
            Directory.Delete(SandboxConfigs.LogDirectoryOf(pod, facts), recursive: true);
            RemoveLinks(facts, $"{pod.Metadata.Name}_{pod.Metadata.Namespace}_*.log");
        }
        catch (DirectoryNotFoundException)
        {
            // There were none.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody reads them; the next clean-up takes them.
        }
    }

    private static void RemoveLinks(NodeFacts facts, string pattern)
    {
        if (facts.ContainerLogsRoot.Length == 0 || !Directory.Exists(facts.ContainerLogsRoot))
            return;

        foreach (var link in Directory.EnumerateFiles(facts.ContainerLogsRoot, pattern))
            File.Delete(link);
    }
}
