using System.Security.Cryptography.X509Certificates;

namespace KubeSharp.ApiServer.Streams;

/// <summary>How the API server reaches the nodes' agents.</summary>
/// <param name="ClientCertificate">Asked for each connection: who the API server is to a kubelet.</param>
/// <param name="Authorities">Who may have signed a kubelet's serving certificate; empty trusts none.</param>
public sealed record KubeletConnection(Func<X509Certificate2?> ClientCertificate, X509Certificate2Collection Authorities)
{
    /// <summary>How long a connection may take to be made.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether the nodes' runtimes speak <c>v5.channel.k8s.io</c> (containerd does from 2.0). If not it is refused, and clients fall
    /// back to SPDY: v4 cannot say that standard input has ended, so v5 cannot be translated into it.
    /// </summary>
    public bool SpeaksV5 { get; init; }
}
