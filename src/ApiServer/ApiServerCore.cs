using KubeSharp.ApiServer.Admission;
using KubeSharp.ApiServer.Admission.Quota;
using KubeSharp.ApiServer.Aggregation;
using KubeSharp.ApiServer.Allocation;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Authorization;
using KubeSharp.ApiServer.CustomResources;
using KubeSharp.ApiServer.Encryption;
using KubeSharp.ApiServer.Fairness;
using KubeSharp.ApiServer.FieldManagement;
using KubeSharp.ApiServer.History;
using KubeSharp.ApiServer.Http;
using KubeSharp.ApiServer.Metrics;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Subresources.Stored;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.ApiServer.WatchCache;
using KubeSharp.Machinery.Metrics;
using KubeSharp.Objects.ApiextensionsV1;
using KubeSharp.Objects.ApiregistrationV1;
using KubeSharp.Objects.DiscoveryV1;
using KubeSharp.Objects.FlowcontrolV1;
using KubeSharp.Store;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer;

/// <summary>Everything between a decoded, authorized request and the store, put together.</summary>
/// <remarks>Call <see cref="StartAsync"/> once, then keep <see cref="RunAsync"/> going for as long as requests are served.</remarks>
public sealed class ApiServerCore
{
    private readonly StoreFeed _feed;
    private readonly Resources _resources;
    private readonly LateAuthorizer _authorizer = new();
    private readonly AdmissionChain _admission;
    private readonly ServiceAllocation _services;
    private readonly IReadOnlyList<IStoredSubresource> _subresources;
    private readonly BootstrapObjects _bootstrap;
    private readonly AllocationUpkeep _upkeep;
    private readonly CustomResourceLoop _customs;
    private readonly FairnessControl _fairness;
    private readonly CacheReport _report;
    private readonly EncryptionUpkeep? _encryption;

    /// <param name="random">Need not be thread-safe; used under a lock.</param>
    public ApiServerCore(IStore store, ApiServerOptions options, TimeProvider clock, Random random, ILoggerFactory logs)
    {
        var resources = _resources = new(clock);
        store = new MeteredStore(store, resources.Stored, clock);
        var encrypted = options.Encryption is { } encryption ? new EncryptedStore(store, new TransformerTable(encryption, resources.Stored, clock).TryFind) : null;
        store = encrypted ?? store;

        var chance = new Chance(random);
        var definitions = resources.Of<CustomResourceDefinition>();
        var all = new CacheTable([.. resources.Stored.Select(r => new ResourceCache(r, clock, Wakes(r)))]);
        _report = new CacheReport(all, store);
        _feed = new StoreFeed(encrypted?.ForCaches ?? store, all, clock, logs.CreateLogger<StoreFeed>());

        var caches = new Caches(store, _feed, all, clock, encrypted);
        if (encrypted is not null)
            _encryption = new(options.Encryption!, encrypted, _feed, all, clock, logs);
        Objects = new CachedObjects(resources, caches);
        Rbac = new RbacAuthorizer(Objects);
        var writer = new ObjectWriter(store, caches, encrypted);
        var ranges = new AddressRanges(Objects, options);
        var addresses = new AddressClaims(store, writer, caches, resources.Of<Objects.NetworkingV1.IPAddress>(), ranges, options, chance, clock);
        var ports = new PortClaims(store, options, chance, clock);
        _services = new ServiceAllocation(addresses, ports, caches, resources.Of<Service>(), options, clock, logs.CreateLogger<ServiceAllocation>());
        var quotas = new QuotaLedger(caches, resources.Of<ResourceQuota>(), writer, clock);
        var extensions = new AdmissionExtensions(Objects, resources, caches, _authorizer, chance, clock, logs);
        _admission = new AdmissionChain(AdmissionRules.All(Objects, chance, Rbac, _authorizer, extensions, quotas), clock);
        var create = new CreateVerb(caches, writer, _admission, _services, chance, clock);
        var update = new UpdateVerb(caches, writer, _admission, _services, create);
        var fields = new FieldManagers(resources.Find, clock);
        var delete = new DeleteVerb(caches, writer, _admission, _services, clock);
        var list = new ListVerb(caches, store);
        Verbs = new ResourceVerbs(
            resources, new GetVerb(caches), list, new WatchVerb(caches, chance), create, update, new PatchVerb(update, new ApplyVerb(update, fields)), delete,
            new DeleteCollectionVerb(list, delete), _admission, fields);
        var table = new CustomResourceTable(resources, all, _feed, new Converters(Objects, chance, clock).Of, clock, () => _customs?.Wake());
        _customs = new CustomResourceLoop(table, caches, definitions, update, writer, new InstanceDeletion(caches, delete), clock, logs.CreateLogger<CustomResourceLoop>());
        _subresources =
        [
            new CustomScale(caches, update, fields),
            new ScaleSubresource(caches, update, fields),
            new BindingSubresource(resources, _admission, update, clock),
            new EvictionSubresource(resources, caches, Objects, _admission, update, delete, clock),
        ];
        History = new ObjectHistory(store, caches, new Restoring(resources, caches, create, update, fields));
        var events = new RepairEvents(Verbs, resources, clock, logs.CreateLogger<RepairEvents>());
        var range = new OwnServiceRange(Verbs, resources, Objects, options, events, clock);
        _bootstrap = new BootstrapObjects(Verbs, resources, options, range, _services.First, clock, logs.CreateLogger<BootstrapObjects>());
        _upkeep = new AllocationUpkeep(
            _bootstrap, range, new(Objects, caches, resources, addresses, ranges, events, clock), new(Objects, ports, events, clock), caches, resources, clock,
            logs.CreateLogger<AllocationUpkeep>());
        Aggregator = new(Objects, resources, caches, Verbs, update, options.FrontProxy, chance, clock, logs);
        var watches = new WatchCounts();
        _fairness = new(Objects, new(Verbs, resources, Objects, clock), options.Fairness, clock, logs.CreateLogger<FairnessControl>());
        Fairness = options.Fairness.IsEnabled ? new(_fairness, new(all, i => resources.Find(i.Group, i.Version, i.Resource), watches), watches, clock) : null;
        InFlight = options.Fairness.IsEnabled ? null : new(options.Fairness);
        Checks = [.. ServerChecks.All(store, _feed, _bootstrap, clock), .. options.Encryption?.Checks ?? []];
    }

    public IResourceVerbs Verbs { get; }

    /// <summary>Writes what the server holds, for <c>/metrics</c>.</summary>
    public void WriteMetrics(PrometheusText text) => _report.Write(text);

    /// <summary>The servers behind this one. Its loops are run by whoever runs this server.</summary>
    public Aggregator Aggregator { get; }

    /// <summary>Where requests wait for their turn; null if they never do.</summary>
    public FairnessGate? Fairness { get; }

    /// <summary>How much is served at once where there is no <see cref="Fairness"/>.</summary>
    public InFlightLimit? InFlight { get; }

    /// <summary>What objects were, and how they come back.</summary>
    public ObjectHistory History { get; }

    /// <summary>What must be well for this server to be of use.</summary>
    public IReadOnlyList<HealthCheck> Checks { get; }

    /// <summary>The subresources with bodies of their own.</summary>
    /// <param name="issuer">Signs tokens; it reads <see cref="Objects"/>, hence only now.</param>
    public StoredSubresources Subresources(ITokenIssuer issuer) => new([.. _subresources, new TokenSubresource(_resources, Objects, _admission, issuer)]);

    public IObjects Objects { get; }

    /// <summary>What the cluster's roles and bindings allow; admission asks it too.</summary>
    public RbacAuthorizer Rbac { get; }

    /// <summary>Whom admission asks for rights beyond the request's own (approving certificates, conditions of policies). Until it is set nobody has any.</summary>
    public IAuthorizer? Authorizer
    {
        get => _authorizer.Inner;
        set => _authorizer.Inner = value;
    }

    /// <summary>Whom a change of a resource wakes. The caches are made before those.</summary>
    private Action<int>? Wakes(ServedResource resource)
    {
        if (Is<CustomResourceDefinition>(resource))
        {
            return _ =>
            {
                _customs?.Wake();
                Aggregator?.WakeForDefinition();
            };
        }

        return Is<FlowSchema>(resource) || Is<PriorityLevelConfiguration>(resource) ? _ => _fairness?.Wake()
            : Is<APIService>(resource) ? _ => Aggregator?.WakeForApi()
            : Is<Service>(resource) || Is<EndpointSlice>(resource) ? _ => Aggregator?.WakeForService()
            : null;
    }

    private bool Is<T>(ServedResource resource)
        where T : class, IObject<T> => ReferenceEquals(resource, _resources.Of<T>());

    /// <summary>Fills the caches. When it returns, every read can be answered; writes need <see cref="RunAsync"/>.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async Task StartAsync(CancellationToken ct)
    {
        await (_encryption?.StartAsync(ct) ?? Task.CompletedTask);
        await _feed.StartAsync(ct);
        await _customs.StartAsync(ct);
        await _services.StartAsync(ct);
    }

    /// <summary>Makes sure that the objects every cluster begins with are there. Needs <see cref="RunAsync"/> going; tries until it succeeds.</summary>
    public async Task BootstrapAsync(CancellationToken ct)
    {
        await _bootstrap.RunAsync(ct);
        await _fairness.EstablishAsync(ct);
    }

    /// <summary>Follows the store, and the definitions of custom resources in it, until cancelled; after the bootstrap it keeps the addresses of Services in order.</summary>
    public Task RunAsync(CancellationToken ct) =>
        Task.WhenAll(_feed.RunAsync(ct), _customs.RunAsync(ct), _upkeep.RunAsync(ct), _fairness.RunAsync(ct), _encryption?.RunAsync(ct) ?? Task.CompletedTask);
}
