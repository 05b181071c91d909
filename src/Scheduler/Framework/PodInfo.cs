namespace KubeSharp.Scheduler.Framework;

/// <summary>A pod and everything about it that is worth computing once. Immutable.</summary>
internal sealed class PodInfo(Pod pod)
{
    public Pod Pod { get; } = pod;

    public ObjectKey Key { get; } = ObjectKey.Of(pod);

    public string Uid => Pod.Metadata.Uid;

    public int Priority => Pod.Spec.Priority ?? 0;

    public Amounts Requests { get; } = PodRequests.Of(pod, assumed: false);

    /// <summary>The same with a guess for containers that ask for nothing: for comparing nodes, not for filling them.</summary>
    public Amounts AssumedRequests { get; } = PodRequests.Of(pod, assumed: true);

    public HostPort[] Ports { get; } = HostPort.Of(pod);

    public Requirement[] NodeSelector { get; } = [.. Selector.Of(pod.Spec.NodeSelector).Requirements];

    public NodeTerms? RequiredNodes { get; } =
        pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is { } required ? NodeTerms.Of(required) : null;

    public (int Weight, NodeTerms Terms)[] PreferredNodes { get; } =
        pod.Spec.Affinity?.NodeAffinity is { } affinity
            ? [.. affinity.PreferredDuringSchedulingIgnoredDuringExecution.Where(p => p.Weight != 0).Select(p => (p.Weight, NodeTerms.Of(p.Preference)))]
            : [];

    /// <summary>The names of the persistent volume claims it mounts.</summary>
    public string[] Claims { get; } = [.. ClaimsOf(pod)];

    public PodAffinities Affinities { get; } = PodAffinities.Of(pod);

    public SpreadConstraint[] HardSpread { get; } = SpreadConstraint.Of(pod, isHard: true);

    public SpreadConstraint[] SoftSpread { get; } = SpreadConstraint.Of(pod, isHard: false);

    private static IEnumerable<string> ClaimsOf(Pod pod)
    {
        foreach (var volume in pod.Spec.Volumes)
        {
            if (volume.PersistentVolumeClaim is { } named)
                yield return named.ClaimName;
            else if (volume.Ephemeral is not null)
                yield return $"{pod.Metadata.Name}-{volume.Name}";
        }
    }
}
