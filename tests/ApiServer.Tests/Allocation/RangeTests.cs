using KubeSharp.Objects.NetworkingV1;
using static KubeSharp.ApiServer.Tests.Allocation.Make;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Allocation;

public sealed class RangeTests
{
    private static readonly ApiServerOptions Small = new() { ServiceCidr = System.Net.IPNetwork.Parse("10.0.0.0/28"), AdvertiseAddress = System.Net.IPAddress.Parse("192.0.2.1") };

    [Fact]
    public async Task A_full_cluster_gets_room_by_another_range_and_loses_it_when_that_goes()
    {
        await using var server = await StartAsync(Small);
        await server.Core.BootstrapAsync(Ct);
        for (var i = 0; i < 13; i++)
            await server.CreateAsync(Service($"s{i}"));
        Assert.Equal(500, (await FailsAsync(() => server.CreateAsync(Service("full")))).Code);

        var more = await server.CreateAsync(new ServiceCIDR { Metadata = new() { Name = "more", Finalizers = ["example.com/hold"] }, Spec = new() { Cidrs = ["10.0.1.0/28"] } });
        Assert.StartsWith("10.0.1.", (await server.CreateAsync(Service("in-more"))).Spec.ClusterIP, StringComparison.Ordinal);
        await server.CreateAsync(Service("wished", s => s with { ClusterIP = "10.0.1.14" }));

        // Nothing is given out of what is not ready, or is going.
        await server.UpdateAsync(more with { Status = new() { Conditions = [new() { Type = "Ready", Status = "False", LastTransitionTime = DateTimeOffset.UnixEpoch }] } }, "status");
        Assert.Equal(500, (await FailsAsync(() => server.CreateAsync(Service("full")))).Code);
        more = await server.UpdateAsync((await server.GetAsync<ServiceCIDR>("more")) with { Status = ServiceCIDRStatus.Empty }, "status");
        await server.CreateAsync(Service("again"));
        await server.DeleteAsync<ServiceCIDR>("more");
        Assert.Equal(500, (await FailsAsync(() => server.CreateAsync(Service("full")))).Code);
        Assert.EndsWith(
            "failed to allocate IP 10.0.1.3: the provided network does not match the current range",
            (await FailsAsync(() => server.CreateAsync(Service("full", s => s with { ClusterIP = "10.0.1.3" })))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_low_addresses_and_ports_are_left_to_wishes_as_long_as_there_are_others()
    {
        await using var server = await StartAsync(new() { ServiceCidr = System.Net.IPNetwork.Parse("10.0.0.0/27"), NodePortRange = (30000, 30019) });
        // 30 addresses; the band is 16, and so it is of the 20 ports.
        var upper = new List<Service>();
        for (var i = 0; i < 4; i++)
            upper.Add(await server.CreateAsync(NodePort($"u{i}")));
        Assert.All(upper, s => Assert.InRange(s.Spec.Ports[0].NodePort, 30016, 30019));
        Assert.InRange((await server.CreateAsync(NodePort("lower"))).Spec.Ports[0].NodePort, 30000, 30015);

        for (var i = 0; i < 9; i++)
            upper.Add(await server.CreateAsync(Service($"v{i}")));
        Assert.Equal(14, Taken(server).Count);
        Assert.All(Taken(server), a => Assert.InRange(int.Parse(a.Split('.')[3], null), 17, 30));
        Assert.InRange(int.Parse((await server.CreateAsync(Service("low"))).Spec.ClusterIP.Split('.')[3], null), 2, 16);
    }

    [Fact]
    public async Task A_cluster_of_one_family_becomes_one_of_two_by_its_flags()
    {
        var store = new KubeSharp.Store.MemoryStore();
        await using (var before = await StartAsync(Small, store))
            await before.Core.BootstrapAsync(Ct);
        var dual = Small with { SecondServiceCidr = System.Net.IPNetwork.Parse("fd00::/112") };
        await using (var server = await StartAsync(dual, store))
        {
            await server.Core.BootstrapAsync(Ct);
            Assert.Equal(["10.0.0.0/28", "fd00::/112"], (await server.GetAsync<ServiceCIDR>("kubernetes")).Spec.Cidrs);
            Assert.Equal("RequireDualStack", (await server.CreateAsync(Service("a", s => s with { IpFamilyPolicy = "RequireDualStack" }))).Spec.IpFamilyPolicy);
        }

        // Other flags than the cluster was made with change nothing and are told.
        await using var other = await StartAsync(Small with { ServiceCidr = System.Net.IPNetwork.Parse("10.7.0.0/24") }, store);
        await other.Core.BootstrapAsync(Ct);
        Assert.Equal(["10.0.0.0/28", "fd00::/112"], (await other.GetAsync<ServiceCIDR>("kubernetes")).Spec.Cidrs);
        Assert.Equal(
            "The default ServiceCIDR [10.0.0.0/28 fd00::/112] does not match the controller flag configurations [10.7.0.0/24]",
            Assert.Single(other.Core.Objects.List<Event>(), e => e.Reason == "KubernetesDefaultServiceCIDRInconsistent").Message);
    }

    [Theory]
    [InlineData("10.0.0.5/24", "must not have bits set beyond the prefix length")]
    [InlineData("FD00:0::/112", "must be in canonical form (\"fd00::/112\")")]
    [InlineData("::ffff:10.0.0.0/120", "must not have an IPv4-mapped IPv6 address")]
    [InlineData("10.0.0.0/33", "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")]
    public async Task A_range_is_written_in_one_way_only(string range, string why)
    {
        await using var server = await StartAsync();
        var refusal = await FailsAsync(() => server.CreateAsync(new ServiceCIDR { Metadata = new() { Name = "odd" }, Spec = new() { Cidrs = [range] } }));
        Assert.EndsWith($"spec.cidrs[0]: Invalid value: \"{range}\": {why}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_check_ports_are_node_ports_too()
    {
        await using var server = await StartAsync(new() { NodePortRange = (30000, 30001) });
        var balanced = await server.CreateAsync(Service("lb", s => s with { Type = "LoadBalancer", ExternalTrafficPolicy = "Local", AllocateLoadBalancerNodePorts = false, HealthCheckNodePort = 30001 }));
        Assert.Equal((30001, 0), (balanced.Spec.HealthCheckNodePort, balanced.Spec.Ports[0].NodePort));
        Assert.EndsWith("provided port is already allocated", (await FailsAsync(() => server.CreateAsync(NodePort("a", 30001)))).Message, StringComparison.Ordinal);
        var second = await FailsAsync(() => server.CreateAsync(Service("b", s => s with { Type = "LoadBalancer", ExternalTrafficPolicy = "Local", AllocateLoadBalancerNodePorts = false, HealthCheckNodePort = 30001 })));
        Assert.Equal((500, "Internal error occurred: failed to allocate requested HealthCheck NodePort 30001: provided port is already allocated"), (second.Code, second.Message));
        var moved = await FailsAsync(() => server.UpdateAsync(balanced with { Spec = balanced.Spec with { HealthCheckNodePort = 30000 } }));
        Assert.EndsWith("spec.healthCheckNodePort: Forbidden: field is immutable", moved.Message, StringComparison.Ordinal);

        var plain = await server.UpdateAsync(balanced with { Spec = balanced.Spec with { ExternalTrafficPolicy = "Cluster" } });
        Assert.Equal(0, plain.Spec.HealthCheckNodePort);
        await server.CreateAsync(NodePort("a", 30001));
    }
}
