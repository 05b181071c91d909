using System.Net;
using KubeSharp.Store;
using static KubeSharp.ApiServer.Tests.Allocation.Make;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Allocation;

/// <summary>Two servers over one store.</summary>
public sealed class SharedStoreTests
{
    [Fact]
    public async Task Racing_servers_give_out_every_address_once()
    {
        // 62 addresses, one of which is the servers' own.
        await using var pair = await Pair.StartAsync(new() { ServiceCidr = IPNetwork.Parse("10.0.0.0/26") });
        var (made, refused) = await pair.CreateAsync(80, i => Service($"s{i}"));
        Assert.Equal((61, 19), (made.Count, refused.Count));
        Assert.Equal(61, made.Select(s => s.Spec.ClusterIP).Distinct().Count());
        Assert.All(refused, e => Assert.Equal((500, "Internal error occurred: failed to allocate a serviceIP: range is full"), (e.Code, e.Message)));
        Assert.Equal(Taken(pair.A), made.Select(s => s.Spec.ClusterIP).Order(StringComparer.Ordinal));
        Assert.Equal(Taken(pair.A), Taken(pair.B));

        // What one server frees the other gives out.
        await pair.A.DeleteAsync<Service>(made[0].Metadata.Name);
        Assert.Equal(made[0].Spec.ClusterIP, (await pair.B.CreateAsync(Service("again"))).Spec.ClusterIP);
    }

    [Fact]
    public async Task Racing_servers_give_out_every_node_port_once()
    {
        await using var pair = await Pair.StartAsync(new() { NodePortRange = (30000, 30039) });
        var (made, refused) = await pair.CreateAsync(60, i => NodePort($"s{i}"));
        Assert.Equal((40, 20), (made.Count, refused.Count));
        Assert.Equal(Enumerable.Range(30000, 40), made.Select(s => s.Spec.Ports[0].NodePort).Order());
        Assert.All(refused, e => Assert.Equal((500, "Internal error occurred: failed to allocate a nodePort: range is full"), (e.Code, e.Message)));
        // The addresses of those refused came back.
        Assert.Equal(40, Taken(pair.A).Count);

        await pair.A.DeleteAsync<Service>(made[0].Metadata.Name);
        Assert.Equal(made[0].Spec.Ports[0].NodePort, (await pair.B.CreateAsync(NodePort("again"))).Spec.Ports[0].NodePort);
    }

    [Fact]
    public async Task Of_two_that_wish_for_the_same_one_gets_it()
    {
        await using var pair = await Pair.StartAsync(new());
        var (made, refused) = await pair.CreateAsync(8, i => Service($"a{i}", s => s with { ClusterIP = "10.96.0.77" }));
        Assert.Equal((1, 7), (made.Count, refused.Count));
        Assert.All(refused, e => Assert.EndsWith("failed to allocate IP 10.96.0.77: provided IP is already allocated", e.Message, StringComparison.Ordinal));

        (made, refused) = await pair.CreateAsync(8, i => NodePort($"p{i}", 30077));
        Assert.Equal((1, 7), (made.Count, refused.Count));
        Assert.All(refused, e => Assert.EndsWith("spec.ports[0].nodePort: Invalid value: 30077: provided port is already allocated", e.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Servers_that_start_together_agree_on_their_own_service_and_range()
    {
        await using var pair = await Pair.StartAsync(new() { AdvertiseAddress = IPAddress.Parse("192.0.2.1") });
        await Task.WhenAll(pair.A.Core.BootstrapAsync(Ct), pair.B.Core.BootstrapAsync(Ct));
        Assert.Equal("10.96.0.1", (await pair.B.GetAsync<Service>("kubernetes", "default")).Spec.ClusterIP);
        Assert.Equal(["10.96.0.0/12"], (await pair.A.GetAsync<KubeSharp.Objects.NetworkingV1.ServiceCIDR>("kubernetes")).Spec.Cidrs);
        Assert.Equal("kubernetes", Find(pair.A, "10.96.0.1")!.Spec.ParentRef!.Name);
    }

    private sealed class Pair(TestServer a, TestServer b) : IAsyncDisposable
    {
        public TestServer A => a;

        public TestServer B => b;

        public static async Task<Pair> StartAsync(ApiServerOptions options)
        {
            var store = new MemoryStore();
            var first = await TestServer.StartAsync(options, store);
            return new(first, await TestServer.StartAsync(options, store, seed: 8));
        }

        /// <summary>Creates all at once, every other at the other server.</summary>
        public async Task<(List<Service> Made, List<ApiException> Refused)> CreateAsync(int count, Func<int, Service> make)
        {
            var (made, refused) = (new List<Service>(), new List<ApiException>());
            await Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(async () =>
            {
                try
                {
                    var service = await (i % 2 == 0 ? a : b).CreateAsync(make(i));
                    lock (made)
                        made.Add(service);
                }
                catch (ApiException e)
                {
                    lock (made)
                        refused.Add(e);
                }
            })));
            return (made, refused);
        }

        public async ValueTask DisposeAsync()
        {
            await a.DisposeAsync();
            await b.DisposeAsync();
        }
    }
}
