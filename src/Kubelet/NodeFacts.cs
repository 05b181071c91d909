namespace KubeSharp.Kubelet;

/// <summary>What the kubelet knows of its node and its own configuration; fixed while it runs.</summary>
internal sealed record NodeFacts
{
    public required string NodeName { get; init; }

    /// <summary>The node's addresses, the primary one first; a second one is of the other family.</summary>
    public IReadOnlyList<string> HostIps { get; init; } = [];

    /// <summary>Kubelet's <c>--cluster-dns</c>.</summary>
    public IReadOnlyList<string> ClusterDns { get; init; } = [];

    /// <summary>Kubelet's <c>--cluster-domain</c>.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>Kubelet's <c>--resolv-conf</c>: what pods with the node's DNS inherit.</summary>
    public string ResolvConf { get; init; } = "/etc/resolv.conf";

    /// <summary>The node's own hosts file, which pods on the host network start from.</summary>
    public string HostsFile { get; init; } = "/etc/hosts";

    public string DataDir { get; init; } = "/var/lib/kubesharp";

    /// <summary>Kubelet's <c>podLogsDir</c>.</summary>
    public string PodLogsRoot { get; init; } = "/var/log/pods";

    /// <summary>Where log shippers look for links to the containers' logs; empty for none.</summary>
    public string ContainerLogsRoot { get; init; } = "";

    /// <summary>The scheme of container ids in statuses: <c>containerd://…</c>.</summary>
    public string RuntimeName { get; init; } = "containerd";

    /// <summary>Where <c>localhost</c> seccomp profiles are.</summary>
    public string SeccompRoot => Path.Combine(DataDir, "kubelet", "seccomp");
}
