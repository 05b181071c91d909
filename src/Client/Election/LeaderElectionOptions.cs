namespace KubeSharp.Client.Election;

/// <summary>Which lease to hold and how. The times are upstream's defaults.</summary>
/// <param name="Lease">The Lease that says who leads: <c>kube-system/kube-scheduler</c>.</param>
/// <param name="Identity">Unique among candidates: host name, underscore, random.</param>
public sealed record LeaderElectionOptions(ObjectKey Lease, string Identity)
{
    /// <summary>How long others wait after the last renewal they saw (<c>--leader-elect-lease-duration</c>).</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a leader tries to renew before it steps down; shorter than the lease (<c>--leader-elect-renew-deadline</c>).</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between tries (<c>--leader-elect-retry-period</c>).</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);
}
