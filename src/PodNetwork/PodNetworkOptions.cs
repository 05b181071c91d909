namespace KubeSharp.PodNetwork;

/// <summary>How this node's pods reach each other and the world.</summary>
public sealed record PodNetworkOptions
{
    /// <summary>The Node whose <c>spec.podCIDR</c> is this machine's share of the pod addresses.</summary>
    public required string NodeName { get; init; }

    /// <summary>The addresses of all pods (<c>--cluster-cidr</c>); what leaves them is masqueraded.</summary>
    public required string ClusterCidr { get; init; }

    /// <summary>Where the container runtime looks for its network configuration.</summary>
    public string CniConfDir { get; init; } = "/etc/cni/net.d";

    /// <summary>Where the runtime finds the plugins; those that are not there are left out of the configuration.</summary>
    public string CniBinDir { get; init; } = "/usr/lib/cni";

    /// <summary>This instance's run directory; the record of addresses in use lives in it, gone after a reboot as the pods are.</summary>
    public required string RunDir { get; init; }

    /// <summary>The nftables table, family ip. What others change in it is undone.</summary>
    public string TableName { get; init; } = "kubesharp-pods";

    /// <summary>The name of the network; the record of addresses has it, too.</summary>
    public string NetworkName { get; init; } = "kubesharp";
}
