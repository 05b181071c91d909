using KubeSharp.ApiServer;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Http;
using KubeSharp.ApiServer.Reviews;
using KubeSharp.Store;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Controllers.Tests.Cluster;

/// <summary>The API server as the host puts it together, without a socket. Several may follow each other over one store.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SigningKey _key;
    private readonly ApiServerCore _core;
    private readonly Task _running;

    private TestServer(ApiServerCore core, TimeProvider clock, ILoggerFactory logs)
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        _key = SigningKey.FromPem(key.ExportPkcs8PrivateKeyPem());
        _core = core;
        var tokens = new ServiceAccountTokens([_key], "https://issuer", ["api"], core.Objects, clock);
        var rbac = core.Rbac;
        core.Authorizer = rbac;
        Http = new(new()
        {
            Verbs = core.Verbs,
            Subresources = core.Subresources(tokens),
            Authenticators = [tokens],
            Authorizer = rbac,
            Reviews = new AccessReviews(rbac, rbac, tokens),
            Objects = core.Objects,
            Aggregator = core.Aggregator,
            Kubelets = new(() => null, []),
            SigningKeys = [_key],
            Clock = clock,
            Logs = logs,
        });
        _running = core.RunAsync(_stop.Token);
    }

    public ApiServerHttp Http { get; }

    public static async Task<TestServer> StartAsync(IStore store, TimeProvider clock, ILoggerFactory logs, CancellationToken ct)
    {
        var core = new ApiServerCore(store, new(), clock, new Random(), logs);
        await core.StartAsync(ct);
        var server = new TestServer(core, clock, logs);
        await server._core.BootstrapAsync(ct);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _key.Dispose();
    }
}
