namespace KubeSharp.Kinds.Pods;

/// <summary>The counts in the status of what keeps replicas of a pod running.</summary>
internal sealed record ReplicaCounts(int Replicas, int FullyLabeled, int Ready, int Available, int? Terminating, long ObservedGeneration);

/// <summary>What ReplicaSets share with the ReplicationControllers they came from.</summary>
internal static class ReplicaRules
{
    private const string Replicas = "status.replicas";

    public static IReadOnlyCollection<string> Fields { get; } = [Replicas];

    public static IReadOnlyDictionary<string, string> Selectable(int replicas) => new Dictionary<string, string> { [Replicas] = $"{replicas}" };

    public static void ValidateStatus(ReplicaCounts s, Findings findings)
    {
        WorkloadRules.Counts(
            findings,
            ("replicas", s.Replicas),
            ("fullyLabeledReplicas", s.FullyLabeled),
            ("readyReplicas", s.Ready),
            ("availableReplicas", s.Available),
            ("terminatingReplicas", s.Terminating),
            ("observedGeneration", s.ObservedGeneration));
        WorkloadRules.NotMore(findings, "fullyLabeledReplicas", s.FullyLabeled, Replicas, s.Replicas);
        WorkloadRules.NotMore(findings, "readyReplicas", s.Ready, Replicas, s.Replicas);
        WorkloadRules.NotMore(findings, "availableReplicas", s.Available, Replicas, s.Replicas);
        WorkloadRules.NotMore(findings, "availableReplicas", s.Available, "readyReplicas", s.Ready);
    }

    public static IReadOnlyList<object?> Cells(ObjectMeta metadata, int? desired, ReplicaCounts status, PodTemplateSpec? template, string selector, DateTimeOffset now) =>
    [
        metadata.Name,
        (long)(desired ?? 0),
        (long)status.Replicas,
        (long)status.Ready,
        Ages.Of(metadata.CreationTimestamp, now),
        PodTemplateCells.ContainerNames(template),
        PodTemplateCells.Images(template),
        selector,
    ];
}
