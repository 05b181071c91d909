using KubeSharp.ApiServer;
using KubeSharp.ApiServer.Http;
using KubeSharp.Store;
using KubeSharp.Tests;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Controllers.Tests.Cluster;

/// <summary>The API server as the host puts it together, without a socket. Several may follow each other over one store.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ApiServerCore _core;
    private readonly HttpFace _face;
    private readonly Task _running;

    private TestServer(ApiServerCore core, TimeProvider clock, ILoggerFactory logs)
    {
        _core = core;
        core.Authorizer = core.Rbac;
        _face = new(core, clock, logs);
        _running = core.RunAsync(_stop.Token);
    }

    public ApiServerHttp Http => _face.Http;

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
        _face.Dispose();
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }
}
