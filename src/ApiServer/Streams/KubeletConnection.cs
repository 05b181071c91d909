using System.Security.Cryptography.X509Certificates;

namespace KubeSharp.ApiServer.Streams;

/// <summary>How the API server reaches the nodes' agents.</summary>
/// <param name="ClientCertificate">Asked for each connection: who the API server is to a kubelet.</param>
/// <param name="Authorities">Who may have signed a kubelet's serving certificate; empty trusts none.</param>
public sealed record KubeletConnection(Func<X509Certificate2?> ClientCertificate, X509Certificate2Collection Authorities)
{
    /// <summary>How long a connection may take to be made.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
