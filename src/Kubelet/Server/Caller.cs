namespace KubeSharp.Kubelet.Server;

/// <summary>Who asks the kubelet's server.</summary>
internal sealed record Caller(string Name, string Uid, IReadOnlyList<string> Groups)
{
    /// <summary>The API server's own client certificate, and administrators.</summary>
    public bool IsTrusted => Name == "kube-apiserver-kubelet-client" || Groups.Contains("system:masters");
}
