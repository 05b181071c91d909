using KubeSharp.ApiServer;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Http;
using KubeSharp.ApiServer.Reviews;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Tests;

/// <summary>The HTTP face of a real core as the host puts it together, without a socket. Its authorizer is the core's RBAC.</summary>
internal sealed class HttpFace : IDisposable
{
    private readonly SigningKey _key;

    /// <param name="more">Adds what a test wants besides verbs, tokens, reviews and aggregation.</param>
    public HttpFace(ApiServerCore core, TimeProvider clock, ILoggerFactory logs, Func<ApiServerParts, ApiServerParts>? more = null)
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        _key = SigningKey.FromPem(key.ExportPkcs8PrivateKeyPem());
        var tokens = new ServiceAccountTokens([_key], "https://issuer", ["api"], core.Objects, clock);
        var parts = new ApiServerParts
        {
            Verbs = core.Verbs,
            Subresources = core.Subresources(tokens),
            Authenticators = [tokens],
            Authorizer = core.Rbac,
            Reviews = new AccessReviews(core.Rbac, core.Rbac, tokens),
            Objects = core.Objects,
            Aggregator = core.Aggregator,
            Kubelets = new(() => null, []),
            SigningKeys = [_key],
            Clock = clock,
            Logs = logs,
        };
        Http = new(more?.Invoke(parts) ?? parts);
    }

    public ApiServerHttp Http { get; }

    public void Dispose()
    {
        Http.Dispose();
        _key.Dispose();
    }
}
