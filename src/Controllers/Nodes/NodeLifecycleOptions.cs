namespace KubeSharp.Controllers.Nodes;

/// <summary>When a node counts as gone and how fast its pods may be evicted; the defaults are upstream's.</summary>
public sealed record NodeLifecycleOptions
{
    /// <summary>
    /// kube-controller-manager's <c>--node-monitor-grace-period</c>. Since v1.32 it is 50 s: longer than the 45 s after which a client
    /// notices a dead HTTP/2 connection (30 s idle, 15 s for the ping), so that a node which has to connect anew is not taken for dead.
    /// </summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(50);

    /// <summary><c>--node-startup-grace-period</c>: of a node that has never reported.</summary>
    public TimeSpan StartupGrace { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary><c>--node-eviction-rate</c>: nodes per second and zone that may lose their pods.</summary>
    public double EvictionRate { get; init; } = 0.1;

    /// <summary><c>--secondary-node-eviction-rate</c>: the same in a zone where too many nodes are not ready.</summary>
    public double SecondaryEvictionRate { get; init; } = 0.01;

    /// <summary><c>--large-cluster-size-threshold</c>: zones of so many nodes or fewer stop evicting altogether when too many are not ready.</summary>
    public int LargeZone { get; init; } = 50;

    /// <summary><c>--unhealthy-zone-threshold</c>: this part of a zone's nodes, and three at least, are too many.</summary>
    public float UnhealthyZone { get; init; } = 0.55f;
}
