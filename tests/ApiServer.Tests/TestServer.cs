using System.Text;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.ApiServer.Tests;

/// <summary>The real core over a memory store, with one namespace.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    public static readonly WriteOptions Admin = new(new Identity("admin", [Identity.Masters]));

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private TestServer(IStore store, FakeTimeProvider clock, ApiServerCore core)
    {
        (Store, Clock, Core) = (store, clock, core);
        _running = core.RunAsync(_stop.Token);
    }

    public IStore Store { get; }

    public FakeTimeProvider Clock { get; }

    public ApiServerCore Core { get; }

    public IResourceVerbs Verbs => Core.Verbs;

    public ServedResource ConfigMaps => Find("", "v1", "configmaps");

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<TestServer> StartAsync(ApiServerOptions? options = null, IStore? store = null, int seed = 7)
    {
        var clock = new FakeTimeProvider(new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));
        store ??= new MemoryStore(clock);
        var core = new ApiServerCore(store, options ?? new(), clock, new Random(seed), NullLoggerFactory.Instance);
        core.Authorizer = core.Rbac;
        await core.StartAsync(Ct);
        var server = new TestServer(store, clock, core);
        if (await core.Objects.FindAsync<Namespace>(new("", "demo"), Ct) is null)
            await server.CreateAsync(new Namespace { Metadata = new() { Name = "demo" } });
        return server;
    }

    public ServedResource Find(string group, string version, string plural) =>
        Verbs.Find(group, version, plural) ?? throw new InvalidOperationException($"{plural} is not served");

    public ServedResource Of<T>()
        where T : class, IObject<T> => Verbs.All.First(r => r.IsStored && r.Type.Kind == T.Type.Kind && r.Type.ApiVersion == T.Type.ApiVersion);

    public async Task<T> CreateAsync<T>(T obj)
        where T : class, IObject<T> => (T)(await Verbs.CreateAsync(Of<T>(), obj.WithTypeMeta(), Admin, Ct)).Object;

    public async Task<T> UpdateAsync<T>(T obj, string subresource = "")
        where T : class, IObject<T> => (T)(await Verbs.UpdateAsync(Of<T>(), ObjectKey.Of(obj), subresource, obj, Admin, Ct)).Object.Object;

    public async Task<T> GetAsync<T>(string name, string ns = "demo")
        where T : class, IObject<T> => (T)(await Verbs.GetAsync(Of<T>(), KeyOf<T>(name, ns), "", Ct)).Object;

    public async Task<T> PatchAsync<T>(string name, string type, string patch, WriteOptions? options = null, string subresource = "")
        where T : class, IObject<T> =>
        (T)(await Verbs.PatchAsync(Of<T>(), KeyOf<T>(name, "demo"), subresource, new(type, Encoding.UTF8.GetBytes(patch), false), options ?? Admin, Ct)).Object.Object;

    public Task<DeleteAnswer> DeleteAsync<T>(string name, DeleteOptions? body = null)
        where T : class, IObject<T> => Verbs.DeleteAsync(Of<T>(), KeyOf<T>(name, "demo"), body ?? new(), Admin, Ct);

    public static ConfigMap ConfigMap(string name, params (string Key, string Value)[] data) =>
        new() { Metadata = new() { Name = name, Namespace = "demo" }, Data = data.ToDictionary(d => d.Key, d => d.Value) };

    public static async Task<ApiException> FailsAsync(Func<Task> call) => await Assert.ThrowsAsync<ApiException>(call);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private static ObjectKey KeyOf<T>(string name, string ns)
        where T : class, IObject<T> => new(T.Type.Namespaced ? ns : "", name);
}
