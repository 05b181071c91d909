namespace KubeSharp.ServiceProxy;

/// <summary>How this node's service proxy works.</summary>
public sealed record ServiceProxyOptions
{
    /// <summary>The name of the Node this proxy serves; which endpoints are local depends on it (<c>--hostname-override</c>).</summary>
    public required string NodeName { get; init; }

    /// <summary>The addresses of all pods (<c>--cluster-cidr</c>): connections from elsewhere are masqueraded. Empty: none are.</summary>
    public string ClusterCidr { get; init; } = "";

    /// <summary>The addresses of all Services; those that no Service has are refused at once. Empty: they are left alone.</summary>
    public string ServiceCidr { get; init; } = "";

    /// <summary>The nftables table, family ip. Nobody else may touch it: what others change in it is undone.</summary>
    public string TableName { get; init; } = "kube-proxy";

    /// <summary>Whether node ports answer on 127.0.0.1 too; sets <c>route_localnet</c>.</summary>
    public bool ServesLocalhost { get; init; } = true;
}
