using KubeSharp.ApiServer.Http;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.ApiServer.WatchCache;
using KubeSharp.Objects.ApiregistrationV1;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Aggregation;

/// <summary>The servers behind this one: whose a request is, what they serve, how they are (upstream's kube-aggregator).</summary>
/// <remarks>Requests are passed on whether <see cref="RunAsync"/> is going or not; what is known of the servers only changes while it is.</remarks>
public sealed class Aggregator
{
    private readonly RemoteForwarder _forwarder;
    private readonly AvailabilityStatus _status;
    private readonly LocalRegistrations _registrations;
    private readonly Upkeep _availability;
    private readonly Upkeep _discovery;
    private readonly Upkeep _openApi;

    internal Aggregator(IObjects objects, Resources resources, Caches caches, IResourceVerbs verbs, UpdateVerb update, FrontProxy proxy, Chance chance, TimeProvider clock, ILoggerFactory logs)
    {
        Apis = new(objects);
        var connections = new RemoteConnections(new(objects, chance), proxy, clock);
        var client = new RemoteClient(connections, clock);
        _forwarder = new(connections, client, clock);
        _status = new(update, resources.Of<APIService>(), clock);
        _registrations = new(caches, resources, verbs, _status, clock, logs.CreateLogger<LocalRegistrations>());
        Discovery = new(client);
        OpenApi = new(client);

        var log = logs.CreateLogger<Aggregator>();
        var availability = new Availability(caches, resources, connections, client, _status);
        _availability = new("Checking", Apis, availability.MarkOf, availability.CheckAsync, ForgetStatusAsync, Availability.Times, clock, log);
        _discovery = new("Discovery", Apis, VersionOf, Discovery.FetchAsync, Discovery.ForgetAsync, RemoteDiscovery.Times, clock, log);
        _openApi = new("OpenAPI", Apis, VersionOf, OpenApi.FetchAsync, OpenApi.ForgetAsync, RemoteOpenApi.Times, clock, log);
    }

    /// <summary>What must be well for this server to be of use.</summary>
    public IReadOnlyList<HealthCheck> Checks =>
        [new("autoregister-completion", _ => new(_registrations.IsDone ? null : "the APIServices of this server are not all there yet"), IsOfReadiness: true)];

    internal RemoteApis Apis { get; }

    internal RemoteDiscovery Discovery { get; }

    internal RemoteOpenApi OpenApi { get; }

    /// <summary>Keeps the server's own APIServices, and looks after the servers behind it, until cancelled.</summary>
    public Task RunAsync(CancellationToken ct) =>
        Task.WhenAll(_registrations.RunAsync(ct), _availability.RunAsync(ct), _discovery.RunAsync(ct), _openApi.RunAsync(ct));

    /// <summary>An APIService changed.</summary>
    internal void WakeForApi()
    {
        _registrations.Wake();
        _availability.Wake();
        _discovery.Wake();
        _openApi.Wake();
    }

    /// <summary>A service or its endpoints changed.</summary>
    internal void WakeForService() => _availability.Wake();

    /// <summary>A definition of custom resources changed.</summary>
    internal void WakeForDefinition() => _registrations.Wake();

    internal Task ForwardAsync(ApiCall call, RemoteApi api) => _forwarder.ForwardAsync(call, api);

    private static string VersionOf(RemoteApi api) => api.Object.Metadata.Uid + " " + api.Object.Metadata.ResourceVersion;

    private ValueTask ForgetStatusAsync(string name)
    {
        _status.Forget(name);
        return ValueTask.CompletedTask;
    }
}
