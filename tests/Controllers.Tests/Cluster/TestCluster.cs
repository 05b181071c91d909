using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.Client.Http;
using KubeSharp.Store;

namespace KubeSharp.Controllers.Tests.Cluster;

/// <summary>
/// A cluster without nodes' programs: the real API server over a memory store, the real client, real controllers with their real rights.
/// The clock stands but while a test waits: then it creeps, so that retries and periods happen, and jumps where a test moves it.
/// </summary>
internal sealed class TestCluster : IAsyncDisposable
{
    public const string Demo = "demo";

    private static readonly Uri Address = new("https://server");
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    /// <summary>Real time after which a wait is a failure. Nothing is right or wrong by how long it takes below that.</summary>
    private static readonly TimeSpan Hopeless = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];
    private readonly List<IAsyncDisposable> _parts = [];
    private TestServer? _server;

    private TestCluster()
    {
        Journal = new(Store);
        Admin = ClientOf(new("admin", [Identity.Masters, Identity.Authenticated]), "recorder");
        _loops.Add(Journal.RunAsync(_stop.Token));
    }

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public TestClock Clock { get; } = new();

    public MemoryStore Store { get; } = new();

    public TestLogs Logs { get; } = new();

    public Journal Journal { get; }

    /// <summary>All requests that were answered, in that order.</summary>
    public ConcurrentQueue<Answered> Answers { get; } = new();

    public IClient Admin { get; }

    public static async Task<TestCluster> StartAsync()
    {
        var cluster = new TestCluster();
        await cluster.StartServerAsync();
        await cluster.AddNamespaceAsync(Demo);
        return cluster;
    }

    /// <summary>With controllers and, beside them, a scheduler and agents that make every pod run.</summary>
    public static async Task<TestCluster> StartAsync(params string[] controllers)
    {
        var cluster = await StartAsync();
        cluster.Run(controllers);
        return cluster;
    }

    public RunningControllers Run(params string[] names) => Run(Admin, new() { AuthorityPem = RunningControllers.AuthorityPem }, names);

    public RunningControllers Run(IClient reads, ControllerOptions options, params string[] names)
    {
        var running = new RunningControllers(reads, name => ClientOf(Identities.ServiceAccount("kube-system", name), name), options, Clock, Logs, names);
        _parts.Add(running);
        return running;
    }

    /// <summary>Until disposed with the cluster, pods are bound, run and end.</summary>
    public FakeNodes RunNodes(params string[] names)
    {
        var nodes = new FakeNodes(this, names);
        _loops.Add(nodes.RunAsync(_stop.Token));
        return nodes;
    }

    public async Task StartServerAsync() => _server = await TestServer.StartAsync(Store, Clock, Logs, Ct);

    public async Task StopServerAsync()
    {
        var server = _server!;
        _server = null;
        await server.DisposeAsync();
    }

    public async Task AddNamespaceAsync(string name)
    {
        await CreateAsync(new Namespace { Metadata = new() { Name = name } });
        try
        {
            await CreateAsync(new ServiceAccount { Metadata = new() { Name = "default", Namespace = name } });
        }
        catch (ApiException e) when (e.IsAlreadyExists)
        {
            // its controller runs here
        }
    }

    public async Task<T> CreateAsync<T>(T obj)
        where T : class, IObject<T> => await SeenAsync(await Admin.CreateAsync(obj, Ct));

    public async Task<T> PatchAsync<T>(string name, string body, string ns = Demo, string subresource = "")
        where T : class, IObject<T> => await SeenAsync(await Admin.PatchAsync<T>(KeyOf<T>(name, ns), Patch.Merge(body), subresource, Ct));

    /// <summary>Waits until the journal has this write too.</summary>
    public async Task<T> SeenAsync<T>(T obj)
        where T : class, IObject<T>
    {
        var revision = long.Parse(obj.Metadata.ResourceVersion, System.Globalization.CultureInfo.InvariantCulture);
        await UntilAsync(() => Journal.Revision >= revision);
        return obj;
    }

    public Task<bool> DeleteAsync<T>(string name, Propagation how = Propagation.Default, string ns = Demo)
        where T : class, IObject<T> => Admin.DeleteAsync<T>(KeyOf<T>(name, ns), new(Propagation: how), Ct);

    /// <summary>The object as last written; tests that wait for it know that it is there.</summary>
    public T Get<T>(string name, string ns = Demo)
        where T : class, IObject<T> => Find<T>(name, ns) ?? throw new InvalidOperationException($"there is no {T.Type.Kind} {name}");

    public T? Find<T>(string name, string ns = Demo)
        where T : class, IObject<T> => Journal.Find<T>(name, KeyOf<T>(name, ns).Namespace);

    public IReadOnlyList<T> List<T>(string ns = Demo)
        where T : class, IObject<T> => Journal.List<T>(T.Type.Namespaced ? ns : "");

    public async Task<T> UntilAsync<T>(string name, Func<T, bool> holds, string ns = Demo)
        where T : class, IObject<T>
    {
        await UntilAsync(() => Find<T>(name, ns) is { } obj && holds(obj), () => Find<T>(name, ns) is { } obj ? Text(obj) : $"there is no {T.Type.Kind} {name}");
        return Get<T>(name, ns);
    }

    public Task UntilGoneAsync<T>(string name, string ns = Demo)
        where T : class, IObject<T> => UntilAsync(() => Find<T>(name, ns) is null, () => Text(Get<T>(name, ns)));

    /// <summary>Waits for writes until the condition holds; while none come the clock creeps.</summary>
    public async Task UntilAsync(Func<bool> holds, Func<string>? state = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var next = Journal.Next;
            if (holds())
                return;

            if (TimeProvider.System.GetElapsedTime(began) > Hopeless)
                Assert.Fail($"It did not come to pass. {state?.Invoke()}\n{string.Join('\n', Logs.Errors.Concat(Logs.Warnings))}");
            if (await Task.WhenAny(next, Task.Delay(Tick, TimeProvider.System, Ct)) != next)
                Clock.Advance(Tick);
        }
    }

    /// <summary>As <see cref="UntilAsync(Func{bool}, Func{string}?)"/>, for what the journal does not show: the server is asked again and again.</summary>
    public async Task UntilAnsweredAsync(Func<Task<bool>> holds)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Hopeless, "It did not come to pass.");
            await Task.Delay(Tick, TimeProvider.System, Ct);
            Clock.Advance(Tick);
        }
    }

    /// <summary>
    /// Waits until nobody has anything left to do: no write for a while of both clocks. Only for asserting that something did not happen.
    /// </summary>
    public async Task SettleAsync()
    {
        for (var quiet = 0; quiet < 30; quiet++)
        {
            var next = Journal.Next;
            if (await Task.WhenAny(next, Task.Delay(Tick, TimeProvider.System, Ct)) == next)
                quiet = 0;
            Clock.Advance(Tick);
        }
    }

    public IClient ClientOf(Identity user, string component) =>
        new ApiClient(new HttpMessageInvoker(new ServerSwitch(() => _server, user, Answers.Enqueue)), Address, component, Clock, Random.Shared);

    /// <summary>A request as it was recorded, in this cluster's words.</summary>
    public async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonNode? body = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, type);
        using var answer = await Admin.SendAsync(request, Ct);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Ct))!;
    }

    /// <summary>In the order in which they were recorded: their names end with that time, in hexadecimal.</summary>
    public IReadOnlyList<Event> EventsOf(string kind, string name) =>
        [.. Journal.List<Event>().Where(e => e.InvolvedObject.Kind == kind && e.InvolvedObject.Name == name).OrderBy(e => e.Metadata.Name.Split('.')[^1], StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        foreach (var part in Enumerable.Reverse(_parts))
            await part.DisposeAsync();
        await _stop.CancelAsync();
        foreach (var loop in _loops)
            await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_server is not null)
            await _server.DisposeAsync();
        _stop.Dispose();
        Assert.True(Logs.Errors.Count == 0, string.Join('\n', Logs.Errors));
    }

    private static string Text<T>(T obj)
        where T : class, IObject<T> => System.Text.Encoding.UTF8.GetString(Json.Encode(obj));

    private static ObjectKey KeyOf<T>(string name, string ns)
        where T : class, IObject<T> => new(T.Type.Namespaced ? ns : "", name);
}
