using System.Threading.Channels;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.ApiServer.WatchCache;
using KubeSharp.Objects.ApiextensionsV1;
using KubeSharp.Objects.ApiregistrationV1;
using KubeSharp.Store;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Aggregation;

/// <summary>
/// Keeps an APIService for every group version this server answers itself. Its own are made sure of at each start and are the
/// administrator's afterwards; those of custom resources follow their definitions.
/// </summary>
internal sealed partial class LocalRegistrations(
    Caches caches, Resources resources, IResourceVerbs verbs, AvailabilityStatus status, TimeProvider clock, ILogger<LocalRegistrations> log)
{
    private const string Label = "kube-aggregator.kubernetes.io/automanaged";
    private const string OnStart = "onstart";
    private const string Always = "true";

    /// <summary>So many at a time: a durable store commits them as one group.</summary>
    private const int Workers = 32;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly WriteOptions Options = new(Identities.Server) { FieldManager = "kube-apiserver" };

    private readonly ServedResource _services = resources.Of<APIService>();
    private readonly ServedResource _definitions = resources.Of<CustomResourceDefinition>();

    /// <summary>The server's own, by name.</summary>
    private readonly Dictionary<string, APIService> _own = resources.All.Where(r => r.Custom is null && r.Type.Group != RemoteApis.OwnGroup)
        .Select(r => (r.Type.Group, r.Type.Version)).Distinct()
        .Select(v => Make(v.Group, v.Version, Priorities.Of(v.Group, v.Version), OnStart)).ToDictionary(s => s.Metadata.Name);

    private readonly HashSet<string> _done = [];
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private HashSet<string>? _atStart;

    /// <summary>Whether the server's own were all seen once.</summary>
    public bool IsDone { get; private set; }

    public void Wake() => _wakes.Writer.TryWrite(true);

    public async Task RunAsync(CancellationToken ct)
    {
        var wasBad = false;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await PassAsync(ct);
                wasBad = false;
                await _wakes.Reader.ReadAsync(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is StoreException or ApiException)
            {
                if (!wasBad)
                    Failed(e.Message);
                wasBad = true;
                await Task.Delay(Pause, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task PassAsync(CancellationToken ct)
    {
        var present = (await caches.ListAsync(_services, "", ct)).Objects.Select(o => (APIService)o.Object).ToDictionary(s => s.Metadata.Name);
        _atStart ??= [.. present.Keys];
        var wanted = Wanted((await caches.ListAsync(_definitions, "", ct)).Objects.Select(o => (CustomResourceDefinition)o.Object));
        var names = present.Keys.Union(wanted.Keys).ToList();
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = Workers, CancellationToken = ct }, async (name, token) =>
            await MatchAsync(name, present.GetValueOrDefault(name), wanted.GetValueOrDefault(name), token));
        _done.UnionWith(names);
        IsDone = true;
    }

    private Dictionary<string, APIService> Wanted(IEnumerable<CustomResourceDefinition> definitions)
    {
        var wanted = new Dictionary<string, APIService>(_own);
        foreach (var definition in definitions)
        {
            foreach (var version in definition.Spec.Versions.Where(v => v.Served))
                wanted.TryAdd($"{version.Name}.{definition.Spec.Group}", Make(definition.Spec.Group, version.Name, Priority.Custom, Always));
        }

        return wanted;
    }

    /// <summary>Brings one into the wanted state, if it is ours to bring: what has no label of ours, or came by hand, is let alone.</summary>
    private async Task MatchAsync(string name, APIService? now, APIService? wanted, CancellationToken ct)
    {
        var isSynced = _done.Contains(name);
        if (now is { Spec.Service: null })
            await status.WriteAsync(now, AvailabilityStatus.Local, ct);
        if ((wanted is not null && LabelOf(wanted) == OnStart && isSynced) || (now is null && wanted is null))
            return;

        try
        {
            if (now is null)
                await verbs.CreateAsync(_services, wanted!, Options, ct);
            else if (LabelOf(now) is not (OnStart or Always) || (LabelOf(now) == OnStart && (isSynced || !_atStart!.Contains(name))))
                return;
            else if (wanted is null)
                await verbs.DeleteAsync(_services, new("", name), new() { Preconditions = new() { Uid = now.Metadata.Uid } }, Options, ct);
            else if (now.Spec != wanted.Spec)
                await verbs.UpdateAsync(_services, new("", name), "", now with { Spec = wanted.Spec }, Options, ct);
        }
        catch (ApiException e) when (e.Code is 404 or 409)
        {
            // somebody was first: that change wakes us
        }
    }

    private static string LabelOf(APIService service) => service.Metadata.Labels.GetValueOrDefault(Label, "");

    private static APIService Make(string group, string version, Priority priority, string label) => new()
    {
        Metadata = new() { Name = $"{version}.{group}", Labels = new Dictionary<string, string> { [Label] = label } },
        Spec = new() { Group = group, Version = version, GroupPriorityMinimum = priority.Group, VersionPriority = priority.Version },
    };

    [LoggerMessage(1, LogLevel.Warning, "The APIServices of this server could not be brought up to date; trying again: {Why}")]
    private partial void Failed(string why);
}
