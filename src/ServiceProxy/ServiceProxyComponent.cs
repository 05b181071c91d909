using KubeSharp.Client;
using KubeSharp.Linux.Conntrack;
using KubeSharp.Linux.Namespaces;
using KubeSharp.Linux.Nftables;
using KubeSharp.Objects.DiscoveryV1;
using KubeSharp.ServiceProxy.Health;
using KubeSharp.ServiceProxy.Model;
using KubeSharp.ServiceProxy.Nftables;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ServiceProxy;

/// <summary>Forwards connections to Services to their endpoints, by nftables rules that follow the API.</summary>
/// <remarks>
/// One loop owns the rules. It wakes when something changed, gathers what changed so far and writes it as one transaction: while one is
/// being written further changes gather for the next, so a burst costs few transactions and a single change waits for nothing.
/// </remarks>
public sealed partial class ServiceProxyComponent
{
    private const string SlicesByService = "slices-by-service";
    private const string ServiceNameLabel = "kubernetes.io/service-name";

    private static readonly TimeSpan RetryFirst = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RetryLast = TimeSpan.FromSeconds(30);

    private readonly IInformers _informers;
    private readonly ServiceProxyOptions _options;
    private readonly INftables _nftables;
    private readonly IConntrack _conntrack;
    private readonly Sysctls _sysctls;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly HealthCheckServers _healthChecks;
    private readonly RuleTable _table;
    private readonly RuleLedger _ledger = new();
    private readonly Dictionary<ObjectKey, ServiceForwarding> _forwardings = [];

    private readonly Wakes _wakes = new();
    private readonly TaskCompletionSource _firstWrite = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ServiceProxyComponent(
        IInformers informers,
        ServiceProxyOptions options,
        INftables nftables,
        IConntrack conntrack,
        Sysctls sysctls,
        TimeProvider clock,
        ILoggerFactory logs)
    {
        (_informers, _options, _nftables, _conntrack, _sysctls, _clock) = (informers, options, nftables, conntrack, sysctls, clock);
        _log = logs.CreateLogger<ServiceProxyComponent>();
        _healthChecks = new(logs.CreateLogger<HealthCheckServers>());
        _table = new(nftables, new(options.TableName, options.ClusterCidr, options.ServiceCidr));
    }

    /// <summary>How the proxy is doing now.</summary>
    public ServiceProxyHealth Health { get; private set; } = new(false, null, "the rules were not written yet");

    /// <summary>Completes when the rules were written for the first time, or were refused: what can wait for them has waited.</summary>
    public Task FirstWrite => _firstWrite.Task;

    /// <summary>Keeps the rules current until cancelled. They stay in the kernel afterwards, so that connections survive a restart.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        AllowLocalhost();
        var services = _informers.For<Service>();
        var slices = _informers.For<EndpointSlice>();
        var nodes = _informers.For<Node>(new ListQuery(FieldSelector: $"metadata.name={_options.NodeName}"));
        slices.AddIndex(SlicesByService, s => OwnerOf(s) is { } owner ? [owner.ToString()] : []);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watching = NoticeForeignChangesAsync(_nftables.WatchAsync(stop.Token));
        try
        {
            using var onService = services.Subscribe((old, now) => _wakes.Add(ObjectKey.Of((now ?? old)!))); // one of the two is there
            using var onSlice = slices.Subscribe((old, now) =>
            {
                AddOwner(old);
                AddOwner(now);
            });
            await Task.WhenAll(services.WaitForSyncAsync(ct), slices.WaitForSyncAsync(ct), nodes.WaitForSyncAsync(ct));
            using var onNode = nodes.Subscribe((old, now) =>
            {
                if (ZoneOf(old) != ZoneOf(now))
                    _wakes.AddAll(services.List().Select(s => ObjectKey.Of(s)));
            });
            _wakes.Again(); // without Services, too, the table must be there
            await LoopAsync(services, slices, nodes, ct);
        }
        finally
        {
            await stop.CancelAsync();
            await watching;
            await _healthChecks.StopAsync();
        }
    }

    /// <summary>Removes every trace from the kernel.</summary>
    public void CleanUp() => _table.Remove();

    /// <summary>Removes what a proxy with these options left in the kernel.</summary>
    public static void CleanUp(INftables nftables, ServiceProxyOptions options) =>
        new RuleTable(nftables, new(options.TableName, options.ClusterCidr, options.ServiceCidr)).Remove();

    private async Task LoopAsync(IInformer<Service> services, IInformer<EndpointSlice> slices, IInformer<Node> nodes, CancellationToken ct)
    {
        var delay = RetryFirst;
        while (true)
        {
            var (dirty, heard) = await _wakes.TakeAsync(ct);
            try
            {
                await SyncAsync(dirty, heard, services, slices, nodes);
                delay = RetryFirst;
            }
            catch (NftException e)
            {
                _firstWrite.TrySetResult();
                Health = Health with { IsHealthy = false, Problem = e.Message };
                WriteFailed(_options.TableName, e.Message);
                await Task.Delay(delay, _clock, ct);
                delay = delay * 2 < RetryLast ? delay * 2 : RetryLast;
                _wakes.Again();
            }
        }
    }

    private async Task SyncAsync(
        IReadOnlyCollection<ObjectKey> dirty, IReadOnlyList<NftChange> heard, IInformer<Service> services, IInformer<EndpointSlice> slices, IInformer<Node> nodes)
    {
        foreach (var change in heard)
        {
            if (_table.IsLoaded && !_table.Made(change))
            {
                TouchedByOthers(_options.TableName, change.Program);
                _table.Invalidate();
            }
        }

        var node = new NodeContext(_options.NodeName, ZoneOf(nodes.Find(new("", _options.NodeName))));
        var changed = new List<Forwarding>();
        var gone = new List<Frontend>();
        foreach (var key in dirty)
        {
            var service = services.Find(key);
            var now = service is null ? ServiceForwarding.None : ServiceModel.Of(service, slices.ByIndex(SlicesByService, key.ToString()), node);
            var before = _forwardings.GetValueOrDefault(key, ServiceForwarding.None);
            _ledger.Set(key, ServiceElements.Of(now));
            changed.AddRange(now.Forwardings);
            gone.AddRange(before.Forwardings.Select(f => f.Frontend).Except(now.Forwardings.Select(f => f.Frontend)));
            if (now.Forwardings.Count > 0)
                _forwardings[key] = now;
            else
                _forwardings.Remove(key);
            await _healthChecks.SetAsync(key, now.HealthCheck);
        }

        Write();
        ForgetStaleFlows(new(changed, gone));
        Health = new(true, _clock.GetUtcNow());
    }

    private void Write()
    {
        if (!_table.IsLoaded)
        {
            _ledger.ForgetChanges();
            RuleElement[] all = [.. _ledger.Elements];
            _table.Load(all);
            Loaded(_options.TableName, _forwardings.Count, all.Length);
        }
        else if (_ledger.TakeChanges() is { Count: > 0 } changes)
        {
            _table.Apply(changes);
        }

        _firstWrite.TrySetResult();
    }

    private void ForgetStaleFlows(StaleFlows stale)
    {
        if (stale.IsEmpty)
            return;

        try
        {
            _conntrack.DeleteUdp(stale.IsStale);
        }
        catch (IOException e)
        {
            ConntrackFailed(e.Message);
        }
    }

    private async Task NoticeForeignChangesAsync(IAsyncEnumerable<NftChange> changes)
    {
        try
        {
            await foreach (var change in changes)
            {
                if (!change.IsGap && !change.Tables.Contains(_options.TableName))
                    continue;

                _wakes.Add(change);
            }
        }
        catch (OperationCanceledException)
        {
            // RunAsync is ending.
        }
    }

    private void AllowLocalhost()
    {
        if (!_options.ServesLocalhost)
            return;

        try
        {
            _sysctls.Write("net/ipv4/conf/all/route_localnet", "1");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NoLocalhost(e.Message);
        }
    }

    private void AddOwner(EndpointSlice? slice)
    {
        if (slice is not null && OwnerOf(slice) is { } owner)
            _wakes.Add(owner);
    }

    private static ObjectKey? OwnerOf(EndpointSlice slice) =>
        slice.Metadata.Labels.TryGetValue(ServiceNameLabel, out var name) ? new(slice.Metadata.Namespace, name) : null;

    private static string ZoneOf(Node? node) => node?.Metadata.Labels.GetValueOrDefault(NodeContext.ZoneLabel) ?? "";

    [LoggerMessage(1, LogLevel.Information, "Table {Table} is loaded: {Services} Services, {Elements} elements")]
    private partial void Loaded(string table, int services, int elements);

    [LoggerMessage(2, LogLevel.Error, "The rules of table {Table} were refused and will be written anew: {Why}")]
    private partial void WriteFailed(string table, string why);

    [LoggerMessage(3, LogLevel.Warning, "Table {Table} was changed by {Program}; restoring it")]
    private partial void TouchedByOthers(string table, string program);

    [LoggerMessage(4, LogLevel.Warning, "UDP flows to endpoints that are gone could not be forgotten: {Why}")]
    private partial void ConntrackFailed(string why);

    [LoggerMessage(5, LogLevel.Warning, "Node ports will not answer on 127.0.0.1, because route_localnet cannot be set: {Why}")]
    private partial void NoLocalhost(string why);
}
