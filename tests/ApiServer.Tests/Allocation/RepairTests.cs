using KubeSharp.Objects.NetworkingV1;
using KubeSharp.Store;
using static KubeSharp.ApiServer.Tests.Allocation.Make;
using static KubeSharp.ApiServer.Tests.TestServer;
using AddressObject = KubeSharp.Objects.NetworkingV1.IPAddress;
using IPAddress = System.Net.IPAddress;

namespace KubeSharp.ApiServer.Tests.Allocation;

public sealed class RepairTests
{
    private const string Addresses = "/registry/ipaddresses/";
    private const string Ports = "/registry/ranges/servicenodeports/";

    private static readonly ApiServerOptions Options = new() { AdvertiseAddress = IPAddress.Parse("192.0.2.1") };

    [Fact]
    public async Task Services_of_an_older_data_directory_get_their_objects_before_anything_is_given_out()
    {
        var store = new MemoryStore();
        Service old;
        await using (var before = await StartAsync(Options, store))
            old = await before.CreateAsync(NodePort("old", 30100));
        await DeleteAsync(store, Addresses + old.Spec.ClusterIP);
        await DeleteAsync(store, Ports + "30100");

        await using var server = await StartAsync(Options, store);
        Assert.Equal("old", (await server.GetAsync<AddressObject>(old.Spec.ClusterIP)).Spec.ParentRef!.Name);
        Assert.Equal(422, (await FailsAsync(() => server.CreateAsync(Service("b", s => s with { ClusterIP = old.Spec.ClusterIP })))).Code);
        Assert.Equal(422, (await FailsAsync(() => server.CreateAsync(NodePort("c", 30100)))).Code);
    }

    [Fact]
    public async Task A_store_that_cannot_be_written_at_start_gives_out_nothing_until_the_old_is_written_down()
    {
        var store = new MemoryStore();
        Service old;
        await using (var before = await StartAsync(Options, store))
            old = await before.CreateAsync(Service("old"));
        await DeleteAsync(store, Addresses + old.Spec.ClusterIP);

        var faulty = new FaultyStore(store) { Refuses = _ => true };
        await using var server = await StartAsync(Options, faulty);
        Assert.Equal(500, (await FailsAsync(() => server.CreateAsync(Service("b")))).Code);
        faulty.Refuses = _ => false;
        Assert.Equal(422, (await FailsAsync(() => server.CreateAsync(Service("b", s => s with { ClusterIP = old.Spec.ClusterIP })))).Code);
        await server.CreateAsync(Service("b"));
    }

    [Fact]
    public async Task An_address_that_is_deleted_under_its_service_is_taken_again_at_once()
    {
        await using var server = await StartedAsync();
        var service = await server.CreateAsync(Service("a"));
        var uid = Find(server, service.Spec.ClusterIP)!.Metadata.Uid;
        await server.DeleteAsync<AddressObject>(service.Spec.ClusterIP);
        await SeenAsync(() => Find(server, service.Spec.ClusterIP) is { } back && back.Metadata.Uid != uid);
        await SeenAsync(() => Events(server, "ClusterIPNotAllocated").Count == 1);
        Assert.Equal($"Cluster IP [IPv4]: {service.Spec.ClusterIP} is not allocated; repairing", Events(server, "ClusterIPNotAllocated")[0].Message);
    }

    [Fact]
    public async Task Objects_that_say_something_wrong_are_mended_in_place()
    {
        await using var server = await StartedAsync();
        var service = await server.CreateAsync(Service("a"));
        var address = service.Spec.ClusterIP;
        var right = Find(server, address)!;
        foreach (var wrong in (AddressObject[])
        [
            right with { Spec = new() { ParentRef = right.Spec.ParentRef! with { Resource = "gateways", Group = "example.com" } } },
            right with { Spec = new() { ParentRef = right.Spec.ParentRef! with { Name = "gone" } } },
            right with { Metadata = right.Metadata with { Labels = new Dictionary<string, string> { ["mine"] = "yes" } } },
        ])
        {
            await OverwriteAsync(server, Addresses + address, wrong);
            await UntilAsync(server, () => Find(server, address) is { } now && now.Spec.ParentRef == right.Spec.ParentRef && now.Metadata.Labels.GetValueOrDefault("ipaddress.kubernetes.io/ip-family") == "IPv4");
            Assert.Equal(right.Metadata.Uid, Find(server, address)!.Metadata.Uid);
        }

        Assert.Equal("yes", Find(server, address)!.Metadata.Labels["mine"]);
        Assert.Equal($"the ClusterIP [IPv4]: {address} for Service demo/a has a wrong reference; repairing", Assert.Single(Events(server, "ClusterIPNotAllocated")).Message);
    }

    [Fact]
    public async Task An_address_that_its_service_does_not_have_is_freed_after_its_grace()
    {
        await using var server = await StartedAsync();
        var service = await server.CreateAsync(Service("a"));
        var right = Find(server, service.Spec.ClusterIP)!;
        await OverwriteAsync(server, Addresses + "10.96.7.7", right with { Metadata = right.Metadata with { Name = "10.96.7.7", Uid = "other" } });
        await OverwriteAsync(server, Addresses + "10.96.7.8", right with { Metadata = right.Metadata with { Name = "10.96.7.8", Uid = "foreign", Labels = new Dictionary<string, string>() } });
        await UntilAsync(server, () => Find(server, "10.96.7.7") is null && Events(server, "IPAddressWrongReference").Count > 0);
        Assert.Equal("IPAddress: 10.96.7.7 for Service demo/a has a wrong reference; cleaning up", Assert.Single(Events(server, "IPAddressWrongReference")).Message);
        // What somebody else made is his.
        Assert.NotNull(Find(server, "10.96.7.8"));
        Assert.NotNull(Find(server, service.Spec.ClusterIP));
    }

    [Fact]
    public async Task Two_services_with_the_same_and_those_out_of_range_are_told_and_left()
    {
        await using var server = await StartedAsync();
        var first = await server.CreateAsync(NodePort("first"));
        var second = await server.CreateAsync(NodePort("second"));
        var (address, port) = (first.Spec.ClusterIP, first.Spec.Ports[0].NodePort);
        await OverwriteAsync(server, "/registry/services/specs/demo/second", second with
        {
            Spec = second.Spec with { ClusterIP = address, ClusterIPs = [address], Ports = [second.Spec.Ports[0] with { NodePort = port }] },
        });
        await OverwriteAsync(server, "/registry/services/specs/demo/far", second with
        {
            Metadata = second.Metadata with { Name = "far", Uid = "far" },
            Spec = second.Spec with { ClusterIP = "192.168.1.1", ClusterIPs = ["192.168.1.1"], Ports = [second.Spec.Ports[0] with { NodePort = 80 }] },
        });

        await UntilAsync(server, () => Events(server, "PortAlreadyAllocated") is [{ Count: > 1 }]);
        Told("ClusterIPAlreadyAllocated", "second", $"Cluster IP [IPv4]:{address} was assigned to multiple services; please recreate service");
        Told("PortAlreadyAllocated", "second", $"Port {port} was assigned to multiple services; please recreate service");
        Told("ClusterIPOutOfRange", "far", "Cluster IP [IPv4]: 192.168.1.1 is not within any configured Service CIDR; please recreate service");
        Told("PortOutOfRange", "far", "Port 80 is not within the port range 30000-32767; please recreate service");
        Assert.Equal("first", Find(server, address)!.Spec.ParentRef!.Name);

        // The second goes; what is the first's stays.
        await server.DeleteAsync<Service>("second");
        Assert.Equal("first", Find(server, address)!.Spec.ParentRef!.Name);
        Assert.Equal(422, (await FailsAsync(() => server.CreateAsync(NodePort("third", port)))).Code);

        void Told(string reason, string service, string message)
        {
            var told = Assert.Single(Events(server, reason));
            Assert.Equal((service, "Warning", message), (told.InvolvedObject.Name, told.Type, told.Message));
        }
    }

    [Fact]
    public async Task A_port_without_its_claim_is_claimed_again()
    {
        await using var server = await StartedAsync();
        var service = await server.CreateAsync(NodePort("a"));
        var key = $"{Ports}{service.Spec.Ports[0].NodePort}";
        await DeleteAsync(server.Store, key);
        await UntilAsync(server, () => server.Store.FindAsync(key, Ct).AsTask().Result is not null && Events(server, "PortNotAllocated").Count == 1);
    }

    [Fact]
    public async Task The_servers_own_service_and_range_come_back()
    {
        await using var server = await StartedAsync();
        await server.Verbs.DeleteAsync(server.Of<Service>(), new("default", "kubernetes"), new(), Admin, Ct);
        await server.DeleteAsync<ServiceCIDR>("kubernetes");
        await UntilAsync(server, () => server.Core.Objects.List<Service>().Any(s => s is { Metadata.Name: "kubernetes", Spec.ClusterIP: "10.96.0.1" }));
        await UntilAsync(server, () => server.Core.Objects.List<ServiceCIDR>().Any(s => s.Metadata.Name == "kubernetes" && s.Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" })));
    }

    private static async Task<TestServer> StartedAsync()
    {
        var server = await StartAsync(Options);
        await server.Core.BootstrapAsync(Ct);
        return server;
    }

    private static IReadOnlyList<Event> Events(TestServer server, string reason) => [.. server.Core.Objects.List<Event>().Where(e => e.Reason == reason)];

    /// <summary>Waits without moving the clock.</summary>
    private static async Task SeenAsync(Func<bool> holds)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60), "it did not come to pass");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, Ct);
        }
    }

    private static async Task DeleteAsync(IStore store, string key) =>
        Assert.NotNull(await store.TryDeleteAsync(key, (await store.FindAsync(key, Ct))!.ModRevision, Ct));

    /// <summary>Writes behind the server's back.</summary>
    private static async Task OverwriteAsync<T>(TestServer server, string key, T obj)
        where T : class, IObject<T>
    {
        var store = server.Store;
        var json = Json.Encode(((T)obj.CopyWith(obj.Metadata with { ResourceVersion = "" })).WithTypeMeta());
        Assert.NotNull(await store.TryPutAsync(key, json, (await store.FindAsync(key, Ct))?.ModRevision ?? 0, Ct));
        await server.Core.Objects.FindAsync<T>(ObjectKey.Of(obj), Ct); // the caches have it now
    }
}
