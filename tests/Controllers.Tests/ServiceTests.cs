using KubeSharp.Objects.DiscoveryV1;

namespace KubeSharp.Controllers.Tests;

/// <summary>Which pods stand behind a Service, in the words of EndpointSlices and of the older Endpoints.</summary>
public sealed class ServiceTests
{
    private static readonly ControllerOptions Options = new() { AuthorityPem = RunningControllers.AuthorityPem };

    private static CancellationToken Ct => TestCluster.Ct;

    [Fact]
    public async Task An_endpoint_is_ready_then_not_then_terminating_then_gone()
    {
        await using var cluster = await TestCluster.StartAsync(Names.EndpointSlice, Names.Endpoints);
        await cluster.CreateAsync(Of("web"));
        var pod = await PodAsync(cluster, "a", isReady: true, "10.244.0.1");
        Assert.Equal((true, true, false), await UntilAsync(cluster, e => e.Conditions.Ready == true));

        pod = await FakeNodes.RunPodAsync(cluster, pod, isReady: false, "10.244.0.1");
        Assert.Equal((false, false, false), await UntilAsync(cluster, e => e.Conditions.Ready == false));
        await cluster.UntilAsync<Endpoints>("web", e => e.Subsets is [{ Addresses.Count: 0, NotReadyAddresses.Count: 1 }]);

        await FakeNodes.RunPodAsync(cluster, pod, isReady: true, "10.244.0.1");
        await UntilAsync(cluster, e => e.Conditions.Ready == true);
        await cluster.DeleteAsync<Pod>("a");
        Assert.Equal((false, true, true), await UntilAsync(cluster, e => e.Conditions.Terminating == true));
        await cluster.UntilAsync<Endpoints>("web", e => e.Subsets.Count == 0);

        await cluster.PatchAsync<Service>("web", """{"spec":{"publishNotReadyAddresses":true}}""");
        Assert.Equal((true, true, true), await UntilAsync(cluster, e => e.Conditions.Ready == true));
        await cluster.UntilAsync<Endpoints>("web", e => e.Subsets is [{ Addresses.Count: 1 }]);

        await cluster.Admin.DeleteAsync<Pod>(new(TestCluster.Demo, "a"), new(GracePeriodSeconds: 0), Ct);
        await cluster.UntilAsync(() => Assert.Single(Slices(cluster)).Endpoints.Count == 0);
        Assert.Empty(cluster.Logs.Warnings);
    }

    [Fact]
    public async Task More_than_a_hundred_endpoints_are_sliced_and_each_is_in_one_slice()
    {
        await using var cluster = await TestCluster.StartAsync();
        for (var i = 1; i <= 230; i++)
            await PodAsync(cluster, $"p{i:d3}", isReady: true, $"10.244.0.{i}");
        cluster.Run(Names.EndpointSlice, Names.Endpoints);
        await cluster.CreateAsync(Of("web"));

        await cluster.UntilAsync(() => Slices(cluster).Sum(s => s.Endpoints.Count) == 230);
        Assert.Equal([30, 100, 100], Slices(cluster).Select(s => s.Endpoints.Count).Order());
        Assert.Equal(230, Slices(cluster).SelectMany(s => s.Endpoints).Select(e => e.Addresses[0]).Distinct().Count());
        await cluster.UntilAsync<Endpoints>("web", e => e.Subsets is [{ Addresses.Count: 230 }]);
    }

    [Fact]
    public async Task Pods_that_name_a_port_differently_are_in_slices_of_their_own()
    {
        await using var cluster = await TestCluster.StartAsync(Names.EndpointSlice);
        await PodAsync(cluster, "a", isReady: true, "10.244.0.1", port: 8080);
        await PodAsync(cluster, "b", isReady: true, "10.244.0.2", port: 9090);
        await PodAsync(cluster, "c", isReady: true, "10.244.0.3");
        var service = Of("web");
        await cluster.CreateAsync(service with { Spec = service.Spec with { Ports = [new() { Name = "x", Port = 80, TargetPort = "http" }] } });

        await cluster.UntilAsync(() => Slices(cluster).Count == 2);
        Assert.Equal(
            [(8080, "10.244.0.1"), (9090, "10.244.0.2")],
            Slices(cluster).Select(s => (s.Ports[0].Port ?? 0, Assert.Single(s.Endpoints).Addresses[0])).Order());
    }

    [Fact]
    public async Task A_headless_service_says_so_and_one_without_a_selector_is_left_alone()
    {
        await using var cluster = await TestCluster.StartAsync(Names.EndpointSlice, Names.Endpoints);
        var headless = Of("web");
        await cluster.CreateAsync(headless with { Spec = headless.Spec with { ClusterIP = "None", Ports = [] } });
        await cluster.CreateAsync(new Service { Metadata = new() { Name = "hand", Namespace = TestCluster.Demo }, Spec = new() { Ports = [new() { Port = 80 }] } });
        var byHand = await cluster.CreateAsync(new EndpointSlice
        {
            Metadata = new() { Name = "hand-1", Namespace = TestCluster.Demo, Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = "hand" } },
            AddressType = "IPv4",
            Endpoints = [new() { Addresses = ["192.0.2.1"] }],
        });
        await cluster.CreateAsync(new Endpoints { Metadata = new() { Name = "hand", Namespace = TestCluster.Demo }, Subsets = [new() { Addresses = [new() { Ip = "192.0.2.1" }], Ports = [new() { Port = 80 }] }] });
        await PodAsync(cluster, "a", isReady: true, "10.244.0.1");

        await cluster.UntilAsync(() => Slices(cluster) is [{ Endpoints.Count: 1 }]);
        var slice = Assert.Single(Slices(cluster));
        Assert.Equal("", slice.Metadata.Labels["service.kubernetes.io/headless"]);
        Assert.Empty(slice.Ports);
        await cluster.UntilAsync<Endpoints>("web", e => e.Metadata.Labels.ContainsKey("service.kubernetes.io/headless"));
        await cluster.SettleAsync();
        Assert.Equal(byHand.Metadata.ResourceVersion, cluster.Get<EndpointSlice>("hand-1").Metadata.ResourceVersion);
        Assert.Equal("192.0.2.1", cluster.Get<Endpoints>("hand").Subsets[0].Addresses[0].Ip);

        await cluster.DeleteAsync<Service>("web");
        await cluster.UntilAsync(() => Slices(cluster).Count == 0 && cluster.Find<Endpoints>("web") is null);
        await cluster.DeleteAsync<Service>("hand");
        await cluster.SettleAsync();
        Assert.NotNull(cluster.Find<Endpoints>("hand"));
    }

    [Fact]
    public async Task While_the_cache_does_not_show_the_slice_no_second_one_is_made()
    {
        await using var cluster = await TestCluster.StartAsync();
        var late = new LaggingClient<EndpointSlice>(cluster.Admin);
        var running = cluster.Run(late, Options, Names.EndpointSlice);
        await running.Informers.For<EndpointSlice>().WaitForSyncAsync(Ct);
        late.Hold();
        await cluster.CreateAsync(Of("web"));
        await cluster.UntilAsync(() => Slices(cluster).Count == 1);
        await PodAsync(cluster, "a", isReady: true, "10.244.0.1");
        await PodAsync(cluster, "b", isReady: true, "10.244.0.2");
        await cluster.SettleAsync();
        Assert.Single(Slices(cluster));

        late.Release();
        await cluster.UntilAsync(() => Slices(cluster) is [{ Endpoints.Count: 2 }]);
        Assert.Single(cluster.Journal.Of<EndpointSlice>().Select(e => e.Key).Distinct(), k => k.Contains("/web-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Endpoints_that_the_cache_does_not_show_yet_are_no_cause_for_alarm()
    {
        await using var cluster = await TestCluster.StartAsync();
        var late = new LaggingClient<Endpoints>(cluster.Admin);
        var running = cluster.Run(late, Options, Names.Endpoints);
        await running.Informers.For<Endpoints>().WaitForSyncAsync(Ct);
        late.Hold();
        await cluster.CreateAsync(Of("web"));
        await cluster.UntilAsync<Endpoints>("web", _ => true);
        await PodAsync(cluster, "a", isReady: true, "10.244.0.1");
        await cluster.SettleAsync();
        late.Release();
        await cluster.UntilAsync<Endpoints>("web", e => e.Subsets is [{ Addresses.Count: 1 }]);

        Assert.Empty(cluster.Logs.Warnings);
    }

    private static Service Of(string name) => new()
    {
        Metadata = new() { Name = name, Namespace = TestCluster.Demo },
        Spec = new() { Selector = Make.Labels(name), Ports = [new() { Port = 80, TargetPort = 8080 }] },
    };

    private static async Task<Pod> PodAsync(TestCluster cluster, string name, bool isReady, string address, int? port = null)
    {
        var pod = Make.Pod(name, "web");
        var container = pod.Spec.Containers[0] with { Ports = port is { } number ? [new() { Name = "http", ContainerPortValue = number }] : [] };
        var created = await cluster.CreateAsync(pod with { Spec = pod.Spec with { NodeName = "n1", Containers = [container] } });
        return await FakeNodes.RunPodAsync(cluster, created, isReady, address);
    }

    private static IReadOnlyList<EndpointSlice> Slices(TestCluster cluster) =>
        [.. cluster.List<EndpointSlice>().Where(s => s.Metadata.Labels["kubernetes.io/service-name"] == "web")];

    private static async Task<(bool? Ready, bool? Serving, bool? Terminating)> UntilAsync(TestCluster cluster, Func<Endpoint, bool> holds)
    {
        await cluster.UntilAsync(() => Slices(cluster) is [{ Endpoints: [var e] }] && holds(e));
        var conditions = Slices(cluster)[0].Endpoints[0].Conditions;
        return (conditions.Ready, conditions.Serving, conditions.Terminating);
    }
}
