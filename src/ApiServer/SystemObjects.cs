using KubeSharp.Objects.SchedulingV1;

namespace KubeSharp.ApiServer;

/// <summary>Objects that every cluster has and whose content is a constant.</summary>
internal static class SystemObjects
{
    public static IReadOnlyList<Namespace> Namespaces { get; } =
        [.. ((string[])["default", "kube-system", "kube-public", "kube-node-lease"]).Select(n => new Namespace { Metadata = new() { Name = n } })];

    public static IReadOnlyList<PriorityClass> PriorityClasses { get; } =
    [
        new()
        {
            Metadata = new() { Name = "system-node-critical" },
            Value = 2_000_001_000,
            Description = "Used for system critical pods that must not be moved from their current node.",
            PreemptionPolicy = "PreemptLowerPriority",
        },
        new()
        {
            Metadata = new() { Name = "system-cluster-critical" },
            Value = 2_000_000_000,
            Description = "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
            PreemptionPolicy = "PreemptLowerPriority",
        },
    ];
}
