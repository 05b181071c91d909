using System.Threading.Channels;
using KubeSharp.Client;
using KubeSharp.Linux.Namespaces;
using KubeSharp.Linux.Netlink;
using KubeSharp.Linux.Nftables;
using KubeSharp.PodNetwork.Cni;
using KubeSharp.PodNetwork.Rules;
using Microsoft.Extensions.Logging;

namespace KubeSharp.PodNetwork;

/// <summary>The pod network of one node: CNI configuration from the Node's podCIDR, forwarding, and the way out for pods.</summary>
/// <param name="liveSandboxes">
/// The ids of all sandboxes the runtime knows, or null while it does not answer: their addresses are kept, those of others freed.
/// </param>
public sealed partial class PodNetworkComponent(
    IInformers informers,
    IClient client,
    PodNetworkOptions options,
    INftables nftables,
    NetworkStack network,
    NetworkMonitor monitor,
    Sysctls sysctls,
    Func<CancellationToken, Task<IReadOnlySet<string>?>> liveSandboxes,
    TimeProvider clock,
    ILoggerFactory logs)
{
    private static readonly TimeSpan AddressCheckPeriod = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);

    private readonly ILogger _log = logs.CreateLogger<PodNetworkComponent>();
    private readonly ObjectKey _node = new("", options.NodeName);
    private readonly ConfigurationFile _file = new(options.CniConfDir, options.NetworkName);
    private readonly PodTable _table = new(nftables, options.TableName, options.ClusterCidr);
    private readonly ForwardPolicy _forward = new(nftables, options.TableName, options.ClusterCidr);
    private readonly AddressRecord _addresses = new(Path.Combine(AddressDirOf(options), options.NetworkName), clock);

    /// <summary>One bell is enough: every look is at everything.</summary>
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Lock _gate = new();
    private readonly List<NftChange> _heard = [];
    private bool _isTableLoaded;

    /// <summary>Keeps the network up until cancelled; what it set up stays, so that pods outlive a restart.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var nodes = informers.For<Node>(new ListQuery(FieldSelector: $"metadata.name={options.NodeName}"));
        Task[] helpers = [ListenToRulesAsync(nftables.WatchAsync(stop.Token)), ListenToNetworkAsync(stop.Token), FreeAddressesAsync(stop.Token)];
        try
        {
            using var onNode = nodes.Subscribe((_, _) => _bell.Writer.TryWrite(true));
            EnableForwarding();
            _isTableLoaded = false;
            _bell.Writer.TryWrite(true);
            while (true)
            {
                await _bell.Reader.ReadAsync(ct);
                try
                {
                    RestoreRules();
                    await ConfigureAsync(nodes.Find(_node), ct);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException or HttpRequestException or ApiException)
                {
                    ConfigureFailed(e.Message);
                    await Task.Delay(RetryDelay, clock, ct);
                    _bell.Writer.TryWrite(true);
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(helpers);
        }
    }

    /// <summary>Removes the rules and the configuration; interfaces go with their pods.</summary>
    public void CleanUp()
    {
        _file.Delete();
        _table.Remove();
        _forward.Close();
    }

    /// <summary>Removes what a pod network with these options left on the machine.</summary>
    public static void CleanUp(INftables nftables, PodNetworkOptions options)
    {
        new ConfigurationFile(options.CniConfDir, options.NetworkName).Delete();
        new PodTable(nftables, options.TableName, options.ClusterCidr).Remove();
        new ForwardPolicy(nftables, options.TableName, options.ClusterCidr).Close();
    }

    private static string AddressDirOf(PodNetworkOptions options) => Path.Combine(options.RunDir, "cni", "addresses");

    private void RestoreRules()
    {
        NftChange[] heard;
        lock (_gate)
        {
            heard = [.. _heard];
            _heard.Clear();
        }

        foreach (var change in heard)
        {
            var isOurs = _table.Made(change);
            if (_isTableLoaded && !isOurs && (change.IsGap || change.Tables.Contains(options.TableName)))
            {
                TouchedByOthers(options.TableName, change.Program);
                _isTableLoaded = false;
            }
        }

        if (!_isTableLoaded)
            _table.Load();
        _isTableLoaded = true;
        if (_forward.Open())
            ForwardOpened();
    }

    private async Task ConfigureAsync(Node? node, CancellationToken ct)
    {
        if (PodCidrOf(node) is not { } cidr)
            return; // the node's registration, or its share of the addresses, comes as an event

        // Pods get the MTU of the way out: a larger one would lose packets without a word.
        var mtu = network.DefaultLink()?.Mtu ?? 0;
        var configuration = new NetworkConfiguration(options.NetworkName, cidr, mtu, AddressDirOf(options), InstalledPlugins());
        if (_file.Write(configuration.ToJson()))
            Configured(cidr, mtu);

        if (node!.Status.Conditions.Any(c => c is { Type: "NetworkUnavailable", Status: "False" }))
            return;

        var now = clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        await client.PatchAsync<Node>(_node, Patch.Strategic($$$"""
            {"status":{"conditions":[{"type":"NetworkUnavailable","status":"False","reason":"PodNetworkReady","message":"The node's pod network is configured",
            "lastHeartbeatTime":"{{{now}}}","lastTransitionTime":"{{{now}}}"}]}}
            """), "status", ct);
    }

    private static string? PodCidrOf(Node? node) =>
        node?.Spec.PodCIDRs.Append(node.Spec.PodCIDR).FirstOrDefault(c => System.Net.IPNetwork.TryParse(c, out var n) && n.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork);

    private HashSet<string> InstalledPlugins()
    {
        var plugins = Directory.Exists(options.CniBinDir) ? Directory.EnumerateFiles(options.CniBinDir).Select(p => Path.GetFileName(p)!).ToHashSet() : [];
        return plugins.IsSupersetOf(["ptp", "host-local"])
            ? plugins
            : throw new IOException($"the CNI plugins ptp and host-local are not in {options.CniBinDir}");
    }

    private void EnableForwarding()
    {
        try
        {
            sysctls.Write("net/ipv4/ip_forward", "1");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NoForwarding(e.Message);
        }
    }

    private async Task ListenToRulesAsync(IAsyncEnumerable<NftChange> changes)
    {
        const int Most = 1000;
        try
        {
            await foreach (var change in changes)
            {
                if (!change.IsGap && !change.Tables.Contains(options.TableName) && !change.Tables.Contains(ForwardPolicy.ForeignTable))
                    continue;

                lock (_gate)
                {
                    if (_heard.Count < Most)
                        _heard.Add(change);
                    else
                        _heard[^1] = change with { IsGap = true };
                }

                _bell.Writer.TryWrite(true);
            }
        }
        catch (OperationCanceledException)
        {
            // RunAsync is ending.
        }
    }

    private async Task ListenToNetworkAsync(CancellationToken ct)
    {
        try
        {
            await foreach (var change in monitor.WatchAsync(ct))
            {
                // Pods' links come and go all day; only the way out matters.
                if (change is { Type: NetworkChangeType.Unknown } or { Route.IsDefault: true } || change.Link is { Kind: not "veth" })
                    _bell.Writer.TryWrite(true);
            }
        }
        catch (OperationCanceledException)
        {
            // RunAsync is ending.
        }
    }

    private async Task FreeAddressesAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(AddressCheckPeriod, clock);
        try
        {
            do
            {
                try
                {
                    if (await liveSandboxes(ct) is { } live && _addresses.Free(live) is { Count: > 0 } freed)
                        Freed(string.Join(", ", freed));
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    FreeFailed(e.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(ct));
        }
        catch (OperationCanceledException)
        {
            // RunAsync is ending.
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Pods of this node get addresses of {PodCidr}, MTU {Mtu}")]
    private partial void Configured(string podCidr, uint mtu);

    [LoggerMessage(2, LogLevel.Warning, "The pod network could not be set up, trying again: {Why}")]
    private partial void ConfigureFailed(string why);

    [LoggerMessage(3, LogLevel.Warning, "Table {Table} was changed by {Program}; restored it")]
    private partial void TouchedByOthers(string table, string program);

    [LoggerMessage(4, LogLevel.Warning, "This machine's FORWARD chain drops by default; rules that let pods' traffic through were inserted")]
    private partial void ForwardOpened();

    [LoggerMessage(5, LogLevel.Error, "Forwarding cannot be enabled, so pods will not reach anything beyond this node: {Why}")]
    private partial void NoForwarding(string why);

    [LoggerMessage(6, LogLevel.Information, "Freed addresses of sandboxes that are gone: {Addresses}")]
    private partial void Freed(string addresses);

    [LoggerMessage(7, LogLevel.Warning, "Addresses of sandboxes that are gone could not be freed: {Why}")]
    private partial void FreeFailed(string why);
}
