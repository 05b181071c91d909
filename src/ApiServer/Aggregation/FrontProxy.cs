using System.Security.Cryptography.X509Certificates;

namespace KubeSharp.ApiServer.Aggregation;

/// <summary>How this server shows itself to the API servers behind it, and how they (and this one) know a front proxy.</summary>
public sealed record FrontProxy
{
    /// <summary><c>--proxy-client-cert-file</c> and its key: asked for each connection, so that a renewed one needs no restart.</summary>
    public Func<X509Certificate2?> ClientCertificate { get; init; } = static () => null;

    /// <summary><c>--requestheader-client-ca-file</c>: who signs front proxies. Empty: nobody's headers are believed.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary><c>--requestheader-allowed-names</c>: common names a front proxy may have; empty for any.</summary>
    public IReadOnlyList<string> AllowedNames { get; init; } = [];

    /// <summary><c>--client-ca-file</c>: who signs clients; servers behind this one trust them too.</summary>
    public X509Certificate2Collection ClientAuthorities { get; init; } = [];

    /// <summary><c>--enable-aggregator-routing</c>: go to an endpoint of a service, not to its cluster address.</summary>
    public bool RoutesToEndpoints { get; init; }
}
