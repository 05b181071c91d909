using System.Net;
using KubeSharp.Store;
using static KubeSharp.ApiServer.Tests.Allocation.Make;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Allocation;

/// <summary>What is taken and not used, because the server or its store died in between.</summary>
public sealed class LostWriteTests
{
    private const string Services = "/registry/services/specs/";
    private const string Ports = "/registry/ranges/servicenodeports/";

    private static readonly ApiServerOptions Options = new() { AdvertiseAddress = IPAddress.Parse("192.0.2.1") };

    [Fact]
    public async Task A_server_that_dies_between_the_writes_leaks_an_address_and_a_port_which_repair_frees()
    {
        var store = new MemoryStore();
        var faulty = new FaultyStore(store);
        await using (var dying = await StartAsync(Options, faulty))
        {
            await dying.Core.BootstrapAsync(Ct);
            faulty.Refuses = key => key.StartsWith(Services, StringComparison.Ordinal);
            await FailsAsync(() => dying.CreateAsync(Service("lost", s => s with { ClusterIP = "10.96.0.50", Type = "NodePort", Ports = [Port("http", 80) with { NodePort = 30050 }] })));
        }

        await using var server = await StartAsync(Options, store);
        // Nobody knows whether the Service will still come: nothing is given to another.
        Assert.Equal(422, (await FailsAsync(() => server.CreateAsync(Service("b", s => s with { ClusterIP = "10.96.0.50" })))).Code);
        Assert.Equal(422, (await FailsAsync(() => server.CreateAsync(NodePort("b", 30050)))).Code);
        await server.Core.BootstrapAsync(Ct);

        await UntilAsync(server, () => Find(server, "10.96.0.50") is null && store.FindAsync(Ports + "30050", Ct).AsTask().Result is null);
        await UntilAsync(server, () => server.Core.Objects.List<Event>().Any(e => e.Reason == "IPAddressNotAllocated"));
        Assert.True(server.Clock.GetUtcNow() - server.Clock.Start > TimeSpan.FromSeconds(60), "it was freed while the Service could still have come");
        await server.CreateAsync(NodePort("b", 30050));
        await server.CreateAsync(Service("c", s => s with { ClusterIP = "10.96.0.50" }));
        var told = Assert.Single(server.Core.Objects.List<Event>(), e => e.Reason == "IPAddressNotAllocated");
        Assert.Equal("IPAddress: 10.96.0.50 for Service demo/lost appears to have leaked: cleaning up", told.Message);
    }

    [Fact]
    public async Task A_write_whose_answer_is_lost_keeps_what_it_took()
    {
        var faulty = new FaultyStore(new MemoryStore());
        await using var server = await StartAsync(Options, faulty);
        await server.Core.BootstrapAsync(Ct);
        faulty.WritesSecretly = key => key.StartsWith(Services, StringComparison.Ordinal);
        await FailsAsync(() => server.CreateAsync(NodePort("there", 30050)));
        faulty.WritesSecretly = _ => false;

        var service = await server.GetAsync<Service>("there");
        for (var i = 0; i < 30; i++)
            server.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("there", Find(server, service.Spec.ClusterIP)!.Spec.ParentRef!.Name);
        Assert.Equal(422, (await FailsAsync(() => server.CreateAsync(NodePort("b", 30050)))).Code);
    }

    [Fact]
    public async Task What_cannot_be_freed_when_a_service_goes_is_freed_by_repair()
    {
        var faulty = new FaultyStore(new MemoryStore());
        await using var server = await StartAsync(Options, faulty);
        await server.Core.BootstrapAsync(Ct);
        var service = await server.CreateAsync(NodePort("a"));
        faulty.Refuses = key => !key.StartsWith(Services, StringComparison.Ordinal);
        Assert.True((await server.DeleteAsync<Service>("a")).IsGone);
        faulty.Refuses = _ => false;
        Assert.NotNull(Find(server, service.Spec.ClusterIP));

        await UntilAsync(server, () => Find(server, service.Spec.ClusterIP) is null && faulty.FindAsync($"{Ports}{service.Spec.Ports[0].NodePort}", Ct).AsTask().Result is null);
    }

    [Fact]
    public async Task A_create_writes_its_address_its_port_and_itself_and_an_update_only_itself()
    {
        var faulty = new FaultyStore(new MemoryStore());
        await using var server = await StartAsync(Options, faulty);
        faulty.Tried.Clear();
        var service = await server.CreateAsync(NodePort("a"));
        Assert.Equal(
            ["/registry/ipaddresses/" + service.Spec.ClusterIP, $"{Ports}{service.Spec.Ports[0].NodePort}", Services + "demo/a"],
            faulty.Tried);

        faulty.Tried.Clear();
        await server.UpdateAsync(service with { Spec = service.Spec with { Selector = new Dictionary<string, string> { ["app"] = "other" } } });
        Assert.Equal([Services + "demo/a"], faulty.Tried);
    }

    [Fact]
    public async Task A_dry_run_writes_nothing_and_shows_what_would_be()
    {
        var faulty = new FaultyStore(new MemoryStore());
        await using var server = await StartAsync(Options with { NodePortRange = (30000, 30001) }, faulty);
        faulty.Tried.Clear();
        for (var i = 0; i < 5; i++)
        {
            var shown = (Service)(await server.Verbs.CreateAsync(server.Of<Service>(), NodePort("dry").WithTypeMeta(), Admin with { IsDryRun = true }, Ct)).Object;
            Assert.StartsWith("10.", shown.Spec.ClusterIP, StringComparison.Ordinal);
            Assert.InRange(shown.Spec.Ports[0].NodePort, 30000, 30001);
        }

        Assert.Empty(faulty.Tried);
    }

    [Fact]
    public async Task A_name_that_is_taken_costs_no_address()
    {
        var faulty = new FaultyStore(new MemoryStore());
        await using var server = await StartAsync(Options, faulty);
        await server.CreateAsync(Service("a"));
        faulty.Tried.Clear();
        Assert.True((await FailsAsync(() => server.CreateAsync(Service("a")))).IsAlreadyExists);
        Assert.DoesNotContain(faulty.Tried, k => k.StartsWith("/registry/ipaddresses/", StringComparison.Ordinal));
    }
}
