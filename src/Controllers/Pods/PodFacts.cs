namespace KubeSharp.Controllers.Pods;

/// <summary>What controllers ask about pods.</summary>
internal static class PodFacts
{
    /// <summary>Neither finished nor on its way out: such a pod counts as a replica.</summary>
    public static bool IsActive(this Pod pod) => pod.Metadata.DeletionTimestamp is null && !pod.IsTerminal();

    public static PodCondition? ReadyCondition(this Pod pod) => pod.Status.Conditions.FirstOrDefault(c => c.Type == "Ready");

    /// <summary>When a ready pod will have been ready for the given time; <see langword="null"/> if it is not ready.</summary>
    public static DateTimeOffset? AvailableAt(this Pod pod, int minReadySeconds) => pod.ReadyCondition() is { Status: "True" } ready
        ? (ready.LastTransitionTime ?? DateTimeOffset.MinValue).AddSeconds(minReadySeconds)
        : null;

    public static bool IsAvailable(this Pod pod, int minReadySeconds, DateTimeOffset now) => pod.AvailableAt(minReadySeconds) <= now;
}
