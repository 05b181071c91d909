using System.Net;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Allocation;

public sealed class ServiceAllocationTests
{
    private static readonly ApiServerOptions Small = new() { ServiceCidr = IPNetwork.Parse("10.0.0.0/29"), NodePortRange = (30000, 30003), AdvertiseAddress = IPAddress.Parse("192.0.2.1") };

    [Fact]
    public async Task Addresses_are_given_once_and_come_back()
    {
        await using var server = await StartAsync(Small);
        var given = new HashSet<string>();
        for (var i = 0; i < 5; i++)
            given.Add((await server.CreateAsync(Service($"s{i}"))).Spec.ClusterIP);
        // The network has six; the first is the API server's own.
        Assert.Equal(["10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6"], given.Order());

        var full = await FailsAsync(() => server.CreateAsync(Service("full")));
        Assert.Equal((500, "Internal error occurred: failed to allocate a serviceIP: range is full"), (full.Code, full.Message));

        await server.DeleteAsync<Service>("s3");
        Assert.Contains((await server.CreateAsync(Service("again"))).Spec.ClusterIP, given);
    }

    [Fact]
    public async Task An_address_that_is_taken_or_foreign_is_refused_with_upstreams_words()
    {
        await using var server = await StartAsync(Small);
        await server.CreateAsync(Service("a", s => s with { ClusterIP = "10.0.0.4" }));
        var taken = await FailsAsync(() => server.CreateAsync(Service("b", s => s with { ClusterIP = "10.0.0.4" })));
        Assert.Equal("Service \"b\" is invalid: spec.clusterIPs: Invalid value: [\"10.0.0.4\"]: failed to allocate IP 10.0.0.4: provided IP is already allocated", taken.Message);
        var foreign = await FailsAsync(() => server.CreateAsync(Service("b", s => s with { ClusterIP = "10.9.9.9" })));
        Assert.EndsWith("failed to allocate IP 10.9.9.9: the provided network does not match the current range", foreign.Message, StringComparison.Ordinal);
        Assert.Equal("None", (await server.CreateAsync(Service("headless", s => s with { ClusterIP = "None" }))).Spec.ClusterIPs[0]);
    }

    [Fact]
    public async Task Node_ports_follow_the_type()
    {
        await using var server = await StartAsync(Small);
        var made = await server.CreateAsync(Service("a", s => s with { Type = "NodePort", Ports = [Port("dns", 53, "TCP"), Port("dns-udp", 53, "UDP")] }));
        Assert.InRange(made.Spec.Ports[0].NodePort, 30000, 30003);
        Assert.Equal(made.Spec.Ports[0].NodePort, made.Spec.Ports[1].NodePort);

        var taken = await FailsAsync(() => server.CreateAsync(Service("b", s => s with { Type = "NodePort", Ports = [Port("x", 80, "TCP") with { NodePort = made.Spec.Ports[0].NodePort }] })));
        Assert.Equal($"Service \"b\" is invalid: spec.ports[0].nodePort: Invalid value: {made.Spec.Ports[0].NodePort}: provided port is already allocated", taken.Message);

        // A client that does not know the port keeps it; one that turns the type back frees it.
        var kept = await server.UpdateAsync(made with { Spec = made.Spec with { ClusterIP = "", ClusterIPs = [], Ports = [.. made.Spec.Ports.Select(p => p with { NodePort = 0 })] } });
        Assert.Equal((made.Spec.ClusterIP, made.Spec.Ports[0].NodePort), (kept.Spec.ClusterIP, kept.Spec.Ports[0].NodePort));
        var plain = await server.UpdateAsync(kept with { Spec = kept.Spec with { Type = "ClusterIP" } });
        Assert.All(plain.Spec.Ports, p => Assert.Equal(0, p.NodePort));
        await server.CreateAsync(Service("b", s => s with { Type = "NodePort", Ports = [Port("x", 80, "TCP") with { NodePort = made.Spec.Ports[0].NodePort }] }));
    }

    [Fact]
    public async Task A_write_that_fails_or_is_dry_takes_nothing_and_a_restart_forgets_nothing()
    {
        var store = new KubeSharp.Store.MemoryStore();
        await using (var server = await StartAsync(Small, store))
        {
            await server.CreateAsync(Service("a", s => s with { ClusterIP = "10.0.0.5" }));
            for (var i = 0; i < 10; i++)
            {
                await FailsAsync(() => server.CreateAsync(Service("a")));
                await server.Verbs.CreateAsync(server.Of<Service>(), Service("dry"), Admin with { IsDryRun = true }, Ct);
            }
        }

        await using var restarted = await StartAsync(Small, store);
        Assert.Equal(422, (await FailsAsync(() => restarted.CreateAsync(Service("b", s => s with { ClusterIP = "10.0.0.5" })))).Code);
        for (var i = 0; i < 4; i++)
            await restarted.CreateAsync(Service($"s{i}"));
    }

    private static Service Service(string name, Func<ServiceSpec, ServiceSpec>? change = null)
    {
        var spec = new ServiceSpec { Type = "ClusterIP", SessionAffinity = "None", InternalTrafficPolicy = "Cluster", Selector = new Dictionary<string, string> { ["app"] = "web" }, Ports = [Port("http", 80, "TCP")] };
        return new() { Metadata = new() { Name = name, Namespace = "demo" }, Spec = change?.Invoke(spec) ?? spec };
    }

    private static ServicePort Port(string name, int port, string protocol) => new() { Name = name, Port = port, Protocol = protocol, TargetPort = port };
}
