using System.Text.Json.Nodes;
using KubeSharp.Client;
using KubeSharp.Linux.Namespaces;
using KubeSharp.Linux.Netlink;
using KubeSharp.Machinery;
using KubeSharp.Machinery.MetaV1;
using KubeSharp.Objects.CoreV1;
using KubeSharp.PodNetwork;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSharp.Privileged.Tests.Network;

/// <summary>The generated configuration, carried out by the real plugins.</summary>
public sealed class PodNetworkTests : IAsyncLifetime
{
    private readonly NodeNetwork _net = new();
    private readonly LocalInformers _informers = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ks-podnet-");
    private readonly CancellationTokenSource _stop = new();
    private readonly List<(string Id, NetworkNamespace Pod)> _added = [];
    private PodNetworkComponent _component = null!;
    private NetworkMonitor _monitor = null!;
    private string? _configuration;
    private Task _running = Task.CompletedTask;

    private string File => Path.Combine(_folder.FullName, "net.d", "10-kubesharp.conflist");

    public async ValueTask InitializeAsync()
    {
        _monitor = _net.Node.Run(() => new NetworkMonitor());
        _component = new(
            _informers, new NoClient(),
            new() { NodeName = "here", ClusterCidr = NodeNetwork.ClusterCidr, CniConfDir = Path.Combine(_folder.FullName, "net.d"), RunDir = _folder.FullName },
            _net.Nftables, _net.Stack, _monitor, _net.Sysctls, _ => Task.FromResult<IReadOnlySet<string>?>(null), TimeProvider.System, NullLoggerFactory.Instance);
        _running = _component.RunAsync(_stop.Token);
        _informers.For<Node>().Set(Node.Empty with
        {
            Metadata = ObjectMeta.Empty with { Name = "here" },
            Spec = NodeSpec.Empty with { PodCIDR = "10.42.3.0/24", PodCIDRs = ["10.42.3.0/24"] },
            Status = NodeStatus.Empty with { Conditions = [NodeCondition.Empty with { Type = "NetworkUnavailable", Status = "False" }] },
        });
        await NodeNetwork.EventuallyAsync(() => System.IO.File.Exists(File) || _running.IsFaulted, "no configuration was written");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
        try
        {
            foreach (var (id, pod) in _added)
                Cni("DEL", id, pod);
        }
        finally
        {
            _monitor.Dispose();
            _stop.Dispose();
            _net.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Pods_reach_each_other_the_node_and_the_world()
    {
        var (a, addressOfA) = Add("a");
        var (b, addressOfB) = Add("b");
        _net.Serve(a, "a", 8080);
        _net.Serve(b, "b", 8080);
        _net.Serve(_net.Node, "node", 8080);
        _net.Serve(_net.Client, "world", 8080);

        Assert.StartsWith("10.42.3.", addressOfA, StringComparison.Ordinal);
        Assert.Equal($"b {addressOfA}", NodeNetwork.Ask(a, addressOfB, 8080));
        Assert.Equal("a", NodeNetwork.Ask(_net.Node, addressOfA, 8080).Split(' ')[0]);
        Assert.Equal($"node {addressOfA}", NodeNetwork.Ask(a, NodeNetwork.NodeIp, 8080));
        Assert.Equal($"world {NodeNetwork.NodeIp}", NodeNetwork.Ask(a, NodeNetwork.ClientIp, 8080)); // the world sees the node
    }

    [Fact]
    public async Task The_way_out_is_restored_after_a_flush()
    {
        var (a, _) = Add("a");
        _net.Serve(_net.Client, "world", 8080);

        Tools.Run("nsenter", ["--net=" + _net.Node.Path, "nft", "flush ruleset"]);

        await NodeNetwork.EventuallyAsync(
            () => NodeNetwork.Ask(a, NodeNetwork.ClientIp, 8080) == $"world {NodeNetwork.NodeIp}", "pods cannot reach the world any more");
    }

    [Fact]
    public async Task A_forward_chain_that_drops_is_opened_for_pods_and_closed_again()
    {
        var (a, _) = Add("a");
        _net.Serve(_net.Client, "world", 8080);
        Tools.Run("nsenter", ["--net=" + _net.Node.Path, "nft", "add table ip filter; add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }"]);

        await NodeNetwork.EventuallyAsync(() => NodeNetwork.Ask(a, NodeNetwork.ClientIp, 8080) == $"world {NodeNetwork.NodeIp}", "the firewall drops pods' traffic");

        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
        _component.CleanUp();
        Assert.DoesNotContain("10.42", _net.Nftables.List("list ruleset"), StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public void A_deleted_pod_gives_its_address_back()
    {
        var (pod, address) = Add("a");
        var record = Path.Combine(_folder.FullName, "cni", "addresses", "kubesharp", address);
        Assert.True(System.IO.File.Exists(record));

        Cni("DEL", "a", pod);

        Assert.False(System.IO.File.Exists(record));
    }

    private (NetworkNamespace Pod, string Address) Add(string id)
    {
        var pod = _net.Namespace(id);
        var result = Cni("ADD", id, pod)!;
        _added.Add((id, pod));
        return (pod, ((string)result["ips"]![0]!["address"]!).Split('/')[0]);
    }

    /// <summary>What a runtime does with the list: each plugin in turn, with the result of the one before.</summary>
    private JsonNode? Cni(string command, string id, NetworkNamespace pod)
    {
        JsonNode? result = null;
        var list = JsonNode.Parse(_configuration ??= System.IO.File.ReadAllText(File))!;
        foreach (var plugin in list["plugins"]!.AsArray().Where(p => (string)p!["type"]! == "ptp"))
        {
            var config = plugin!.DeepClone();
            config["cniVersion"] = list["cniVersion"]!.DeepClone();
            config["name"] = list["name"]!.DeepClone();
            var output = Tools.Run("nsenter", ["--net=" + _net.Node.Path, "/usr/lib/cni/" + (string)config["type"]!], config.ToJsonString(), new Dictionary<string, string>
            {
                ["CNI_COMMAND"] = command,
                ["CNI_CONTAINERID"] = id,
                ["CNI_NETNS"] = pod.Path,
                ["CNI_IFNAME"] = "eth0",
                ["CNI_PATH"] = "/usr/lib/cni",
            });
            result = output.Length > 0 ? JsonNode.Parse(output) : null;
        }

        return result;
    }

    /// <summary>The condition is set already: nothing may be asked of the server.</summary>
    private sealed class NoClient : IClient
    {
        public Task<T?> FindAsync<T>(ObjectKey key, CancellationToken ct) where T : class, IObject<T> => throw new NotSupportedException();

        public Task<ListResult<T>> ListAsync<T>(ListQuery query, CancellationToken ct) where T : class, IObject<T> => throw new NotSupportedException();

        public IAsyncEnumerable<WatchChange<T>> WatchAsync<T>(WatchQuery query, CancellationToken ct) where T : class, IObject<T> => throw new NotSupportedException();

        public Task<T> CreateAsync<T>(T obj, CancellationToken ct) where T : class, IObject<T> => throw new NotSupportedException();

        public Task<T> UpdateAsync<T>(T obj, CancellationToken ct) where T : class, IObject<T> => throw new NotSupportedException();

        public Task<T> UpdateStatusAsync<T>(T obj, CancellationToken ct) where T : class, IObject<T> => throw new NotSupportedException();

        public Task<T> PatchAsync<T>(ObjectKey key, Patch patch, string subresource, CancellationToken ct) where T : class, IObject<T> => throw new NotSupportedException();

        public Task<bool> DeleteAsync<T>(ObjectKey key, DeleteRequest request, CancellationToken ct) where T : class, IObject<T> => throw new NotSupportedException();

        public Task DeleteCollectionAsync<T>(ListQuery query, DeleteRequest request, CancellationToken ct) where T : class, IObject<T> => throw new NotSupportedException();

        public Task<TAnswer> PostAsync<T, TBody, TAnswer>(ObjectKey key, string subresource, TBody body, CancellationToken ct)
            where T : class, IObject<T>
            where TBody : class, IApiType<TBody>
            where TAnswer : class, IApiType<TAnswer> => throw new NotSupportedException();

        public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct) => throw new NotSupportedException();
    }
}
