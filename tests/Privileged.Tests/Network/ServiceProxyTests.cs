using System.Diagnostics;
using System.Net.Sockets;
using KubeSharp.Linux.Namespaces;
using KubeSharp.Linux.Nftables;
using KubeSharp.Machinery.MetaV1;
using KubeSharp.Objects.CoreV1;
using KubeSharp.Objects.DiscoveryV1;
using KubeSharp.ServiceProxy;
using EndpointPort = KubeSharp.Objects.DiscoveryV1.EndpointPort;

namespace KubeSharp.Privileged.Tests.Network;

/// <summary>Real connections through real rules: a node, three pods behind it, a client outside.</summary>
public sealed class ServiceProxyTests : IAsyncLifetime
{
    private const string ClusterIp = "10.96.0.10";
    private const int NodePort = 30080;

    private readonly NodeNetwork _net = new();
    private readonly LocalInformers _informers = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ErrorLog _log = new();
    private readonly List<NetworkNamespace> _pods = [];
    private ServiceProxyComponent _proxy = null!;
    private Task _running = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        for (var i = 1; i <= 3; i++)
        {
            _pods.Add(_net.Pod($"10.42.0.1{i}"));
            _net.Serve(_pods[^1], $"pod{i}", 8080);
        }

        _proxy = new(
            _informers,
            new() { NodeName = "here", ClusterCidr = NodeNetwork.ClusterCidr, ServiceCidr = "10.96.0.0/12" },
            _net.Nftables, _net.Conntrack, _net.Sysctls, TimeProvider.System, _log);
        _running = _proxy.RunAsync(_stop.Token);
        await NodeNetwork.EventuallyAsync(() => _proxy.Health.IsHealthy || _running.IsFaulted, "the proxy never became healthy");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
        _stop.Dispose();
        _net.Dispose();
    }

    [Fact]
    public async Task Connections_from_everywhere_spread_over_all_endpoints()
    {
        await ApplyAsync(s => s, [1, 2, 3]);

        Assert.Equal("pod1,pod2,pod3", Names(_net.Node, ClusterIp, 80));
        Assert.Equal("pod1,pod2,pod3", Names(_pods[0], ClusterIp, 80));
        Assert.Equal("pod1,pod2,pod3", Names(_net.Client, NodeNetwork.NodeIp, NodePort));
        Assert.Equal("pod1,pod2,pod3", Names(_net.Node, "127.0.0.1", NodePort));
        Assert.Equal("pod1,pod2,pod3", Names(_pods[1], NodeNetwork.NodeIp, NodePort));
        Assert.Equal("pod1,pod2,pod3", Names(_net.Client, "203.0.113.5", 80)); // an external IP
    }

    [Fact]
    public async Task A_pod_keeps_its_address_and_reaches_itself()
    {
        await ApplyAsync(s => s, [1]);

        Assert.Equal("pod1 10.42.0.12", NodeNetwork.Ask(_pods[1], ClusterIp, 80));
        Assert.Equal("pod1 10.42.0.1", NodeNetwork.Ask(_pods[0], ClusterIp, 80)); // itself, by the node's address: else it would answer itself directly
    }

    [Fact]
    public async Task With_the_local_policy_clients_keep_their_address_and_see_local_endpoints_only()
    {
        await ApplyAsync(s => s with { ExternalTrafficPolicy = "Local" }, [1, 2], local: [2]);

        Assert.Equal("pod2", Names(_net.Client, NodeNetwork.NodeIp, NodePort));
        Assert.Equal("pod2 " + NodeNetwork.ClientIp, NodeNetwork.Ask(_net.Client, NodeNetwork.NodeIp, NodePort));
        Assert.Equal("pod1,pod2", Names(_pods[2], NodeNetwork.NodeIp, NodePort)); // from inside, all
        Assert.Equal("pod1,pod2", Names(_net.Node, "127.0.0.1", NodePort));

        await ApplyAsync(s => s with { ExternalTrafficPolicy = "Local" }, [1, 2], local: []);
        Assert.Equal("TimedOut", NodeNetwork.Ask(_net.Client, NodeNetwork.NodeIp, NodePort, ProtocolType.Udp)); // dropped; UDP tells sooner
    }

    [Fact]
    public async Task A_client_stays_with_its_endpoint_until_that_goes()
    {
        await ApplyAsync(s => s with { SessionAffinity = "ClientIP" }, [1, 2, 3]);
        var first = Names(_net.Node, ClusterIp, 80);
        Assert.DoesNotContain(',', first);
        var atNodePort = Names(_net.Client, NodeNetwork.NodeIp, NodePort);
        Assert.DoesNotContain(',', atNodePort);

        var others = new[] { 1, 2, 3 }.Where(i => $"pod{i}" != first).ToArray();
        await ApplyAsync(s => s with { SessionAffinity = "ClientIP" }, others);
        var second = Names(_net.Node, ClusterIp, 80);
        Assert.DoesNotContain(',', second);
        Assert.NotEqual(first, second);

        await ApplyAsync(s => s with { SessionAffinity = "ClientIP" }, [1, 2, 3]);
        Assert.Equal(second, Names(_net.Node, ClusterIp, 80)); // more endpoints move nobody
    }

    [Fact]
    public async Task Without_endpoints_connections_are_refused_at_once()
    {
        await ApplyAsync(s => s, []);

        foreach (var (from, address, port) in new[] { (_net.Node, ClusterIp, 80), (_pods[0], ClusterIp, 80), (_net.Client, NodeNetwork.NodeIp, NodePort), (_net.Node, "127.0.0.1", NodePort) })
            Assert.Equal("ConnectionRefused", NodeNetwork.Ask(from, address, port));
        Assert.Equal("ConnectionRefused", NodeNetwork.Ask(_pods[0], ClusterIp, 81)); // a port the Service does not have
        Assert.Equal("ConnectionRefused", NodeNetwork.Ask(_net.Node, "10.96.77.77", 80)); // an address that no Service has
    }

    [Fact]
    public async Task A_udp_flow_moves_when_its_endpoint_goes()
    {
        await ApplyAsync(s => s, [1]);
        using var flow = _net.Node.Run(() => NodeNetwork.NewSocket(ProtocolType.Udp));
        Assert.StartsWith("pod1", NodeNetwork.Ask(_net.Node, ClusterIp, 80, ProtocolType.Udp, flow), StringComparison.Ordinal);

        await ApplyAsync(s => s, [2]);

        await NodeNetwork.EventuallyAsync(
            () => NodeNetwork.Ask(_net.Node, ClusterIp, 80, ProtocolType.Udp, flow).StartsWith("pod2", StringComparison.Ordinal), "the flow still goes to the endpoint that is gone");
    }

    [Fact]
    public async Task Only_allowed_networks_reach_a_load_balancer()
    {
        await ApplyAsync(s => s with { Type = "LoadBalancer", ExternalIPs = [], LoadBalancerSourceRanges = ["198.51.100.0/24"] }, [1]);
        Assert.Equal("TimedOut", NodeNetwork.Ask(_net.Client, "203.0.113.9", 80, ProtocolType.Udp));

        await ApplyAsync(s => s with { Type = "LoadBalancer", ExternalIPs = [], LoadBalancerSourceRanges = ["198.51.100.0/24", "192.0.2.0/24"] }, [1]);
        Assert.StartsWith("pod1", NodeNetwork.Ask(_net.Client, "203.0.113.9", 80, ProtocolType.Udp), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("flush ruleset")]
    [InlineData("delete table ip kube-proxy")]
    [InlineData("flush map ip kube-proxy service-ips")]
    [InlineData("flush chain ip kube-proxy nat-output")]
    public async Task What_others_do_to_the_rules_is_undone_at_once(string vandalism)
    {
        await ApplyAsync(s => s, [1]);

        Tools.Run("nsenter", ["--net=" + _net.Node.Path, "nft", vandalism]);

        await NodeNetwork.EventuallyAsync(() => NodeNetwork.Ask(_net.Node, ClusterIp, 80).StartsWith("pod1", StringComparison.Ordinal), "the rules were not restored");
    }

    [Fact]
    public async Task A_deleted_service_stops_answering_and_clean_up_leaves_nothing()
    {
        await ApplyAsync(s => s, [1]);
        Assert.StartsWith("pod1", NodeNetwork.Ask(_net.Client, NodeNetwork.NodeIp, NodePort), StringComparison.Ordinal);

        var applied = _proxy.Health.LastApplied;
        _informers.For<Service>().Delete("ns", "web");
        await NodeNetwork.EventuallyAsync(() => _proxy.Health.LastApplied > applied, "the deletion was not applied");
        Assert.Equal("ConnectionRefused", NodeNetwork.Ask(_net.Client, NodeNetwork.NodeIp, NodePort));

        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
        _proxy.CleanUp();
        Assert.DoesNotContain("\"table\"", _net.Nftables.List("list tables"), StringComparison.Ordinal);
    }

    /// <summary>The numbers go to the test's output: no machine is asked to keep to them.</summary>
    [Fact]
    public async Task A_transaction_that_nobody_listens_to_is_a_gap_and_the_next_is_heard()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var changes = _net.Nftables.WatchAsync(patience.Token);
        _net.Nftables.RunUnheard("add table ip silent");
        _net.Nftables.Run("add table ip loud");

        var (gaps, heard) = (0, new HashSet<string>());
        await foreach (var change in changes)
        {
            gaps += change.IsGap ? 1 : 0;
            heard.UnionWith(change.Tables);
            if (gaps > 0 && heard.Contains("loud"))
                break;
        }

        Assert.Equal(1, gaps);
        Assert.DoesNotContain("silent", heard);
    }

    [Fact]
    public async Task Ten_thousand_services_are_one_transaction_and_a_change_is_a_small_one()
    {
        const int Count = 10_000;
        var all = Enumerable.Range(0, Count).Select(i => Large(i, [1, 2])).ToList();
        var watch = Stopwatch.StartNew();
        foreach (var (service, slice) in all)
        {
            _informers.For<EndpointSlice>().Set(slice);
            _informers.For<Service>().Set(service);
        }

        await NodeNetwork.EventuallyAsync(() => NodeNetwork.Ask(_net.Node, "10.97.39.15", 80).StartsWith("pod", StringComparison.Ordinal), "the last Service does not answer", seconds: 90);
        TestContext.Current.TestOutputHelper!.WriteLine($"{Count} Services, informers to rules: {watch.ElapsedMilliseconds} ms");

        watch.Restart();
        Tools.Run("nsenter", ["--net=" + _net.Node.Path, "nft", "flush ruleset"]);
        await NodeNetwork.EventuallyAsync(IsTableThere, "not restored");
        TestContext.Current.TestOutputHelper!.WriteLine($"flushed and restored: {watch.ElapsedMilliseconds} ms");
        Assert.StartsWith("pod", NodeNetwork.Ask(_net.Node, "10.97.39.15", 80), StringComparison.Ordinal);

        for (var i = 0; i < 5; i++)
        {
            var applied = _proxy.Health.LastApplied;
            watch.Restart();
            _informers.For<EndpointSlice>().Set(Large(5000, i % 2 == 0 ? [1, 2, 3] : [1, 2]).Slice);
            await NodeNetwork.EventuallyAsync(() => _proxy.Health.LastApplied > applied, "not applied");
            TestContext.Current.TestOutputHelper!.WriteLine($"one endpoint changed: {(_proxy.Health.LastApplied - applied)!.Value.TotalMilliseconds:F0} ms after the last, seen after {watch.ElapsedMilliseconds} ms");
        }
    }

    /// <summary>It is loaded in one transaction: if a chain is there, all is.</summary>
    private bool IsTableThere()
    {
        try
        {
            return _net.Nftables.List("list chain ip kube-proxy nat-output").Contains("services", StringComparison.Ordinal);
        }
        catch (NftException)
        {
            return false;
        }
    }

    private static (Service Service, EndpointSlice Slice) Large(int i, int[] pods)
    {
        var (service, slice) = Objects(s => s with { ClusterIPs = [$"10.97.{i / 256}.{i % 256}"], ClusterIP = $"10.97.{i / 256}.{i % 256}", ExternalIPs = [] }, pods, []);
        return (service.With(service.Metadata with { Name = $"s{i}" }) with { Spec = service.Spec with { Type = "ClusterIP", Ports = [ServicePort.Empty with { Name = "t", Port = 80 }] } },
            slice.With(slice.Metadata with { Name = $"s{i}-1", Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = $"s{i}" } }));
    }

    private async Task ApplyAsync(Func<ServiceSpec, ServiceSpec> with, int[] pods, int[]? local = null)
    {
        var (service, slice) = Objects(with, pods, local ?? []);
        _informers.For<EndpointSlice>().Set(slice);
        _informers.For<Service>().Set(service);
        for (var round = 0; round < 2; round++) // the first to end may have begun before the change; the second did not
        {
            var applied = _proxy.Health.LastApplied;
            _informers.For<Service>().Set(service);
            await NodeNetwork.EventuallyAsync(() => _proxy.Health.LastApplied > applied || _running.IsFaulted, "the change was not applied");
        }

        Assert.True(_proxy.Health.IsHealthy, _proxy.Health.Problem);
        Assert.Empty(_log.Problems); // a change that is refused and mended by loading everything anew is no change at work
    }

    private static (Service Service, EndpointSlice Slice) Objects(Func<ServiceSpec, ServiceSpec> with, int[] pods, int[] local) => (
        Service.Empty with
        {
            Metadata = ObjectMeta.Empty with { Namespace = "ns", Name = "web" },
            Spec = with(ServiceSpec.Empty with
            {
                Type = "NodePort",
                ClusterIP = ClusterIp,
                ClusterIPs = [ClusterIp],
                ExternalIPs = ["203.0.113.5"],
                Ports =
                [
                    ServicePort.Empty with { Name = "t", Port = 80, NodePort = NodePort },
                    ServicePort.Empty with { Name = "u", Port = 80, NodePort = NodePort, Protocol = "UDP" },
                ],
            }),
            Status = ServiceStatus.Empty with { LoadBalancer = LoadBalancerStatus.Empty with { Ingress = [LoadBalancerIngress.Empty with { Ip = "203.0.113.9" }] } },
        },
        EndpointSlice.Empty with
        {
            Metadata = ObjectMeta.Empty with { Namespace = "ns", Name = "web-1", Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = "web" } },
            AddressType = "IPv4",
            Ports = [EndpointPort.Empty with { Name = "t", Port = 8080 }, EndpointPort.Empty with { Name = "u", Port = 8080, Protocol = "UDP" }],
            Endpoints = [.. pods.Select(i => Endpoint.Empty with { Addresses = [$"10.42.0.1{i}"], NodeName = local.Contains(i) ? "here" : "there" })],
        });

    /// <summary>The names of the pods that answer thirty connections.</summary>
    private static string Names(NetworkNamespace from, string address, int port) =>
        string.Join(',', Enumerable.Range(0, 30).Select(_ => NodeNetwork.Ask(from, address, port).Split(' ')[0]).Distinct().Order());
}
