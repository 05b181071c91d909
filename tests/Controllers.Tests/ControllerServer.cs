using KubeSharp.ApiServer.Authentication;
using KubeSharp.Client.Caching;
using KubeSharp.Client.Http;
using KubeSharp.Client.Loops;
using KubeSharp.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSharp.Controllers.Tests;

/// <summary>The real API server over a memory store, with the controllers a test wants running against it.</summary>
internal sealed class ControllerServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];
    private readonly TestServer _server;
    private readonly HttpMessageInvoker _transport;
    private readonly Informers _informers;

    private ControllerServer(TestServer server)
    {
        _server = server;
        _transport = new(server.Http.CreateInProcessHandler(Admin));
        Client = ClientOver(_transport);
        _informers = new(Client, TimeProvider.System, Random.Shared, NullLoggerFactory.Instance);
        _running.Add(_informers.RunAsync(_stop.Token));
    }

    private static Identity Admin { get; } = new("admin", [Identity.Masters, Identity.Authenticated]);

    public IClient Client { get; }

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<ControllerServer> StartAsync()
    {
        var server = new ControllerServer(await TestServer.StartAsync(new MemoryStore(), TimeProvider.System, NullLoggerFactory.Instance, Ct));
        await server.Client.CreateAsync(new Namespace { Metadata = new() { Name = "demo" } }, Ct);
        await server.Client.CreateAsync(new ServiceAccount { Metadata = new() { Name = "default", Namespace = "demo" } }, Ct);
        return server;
    }

    /// <summary>A client whose requests the handler sees first.</summary>
    public IClient ClientThrough(DelegatingHandler handler)
    {
        handler.InnerHandler = _server.Http.CreateInProcessHandler(Admin);
        return ClientOver(new(handler));
    }

    /// <param name="clock">Of the controller's queue: who delays its keys with it.</param>
    public void Run(IController controller, TimeProvider? clock = null) =>
        _running.Add(new ControllerLoop(clock ?? TimeProvider.System, Random.Shared, NullLoggerFactory.Instance).RunAsync(controller, _informers, _stop.Token));

    public void Run(Func<CancellationToken, Task> source) => _running.Add(source(_stop.Token));

    /// <summary>Waits until an object is as it should be, and fails if that takes far too long.</summary>
    public async Task<T> UntilAsync<T>(string name, Func<T?, bool> holds)
        where T : class, IObject<T>
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(Patience);
        while (true)
        {
            var obj = await Client.FindAsync<T>(new(T.Type.Namespaced ? "demo" : "", name), limit.Token);
            if (holds(obj))
                return obj!;
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
        }
    }

    private static ApiClient ClientOver(HttpMessageInvoker transport) => new(transport, new("https://server"), "tests", TimeProvider.System, Random.Shared);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _transport.Dispose();
        await _server.DisposeAsync();
        _stop.Dispose();
    }
}
