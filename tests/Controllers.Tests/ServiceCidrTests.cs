using KubeSharp.Objects.NetworkingV1;
using static KubeSharp.Controllers.Tests.Cluster.TestCluster;

namespace KubeSharp.Controllers.Tests;

public sealed class ServiceCidrTests
{
    private const string Name = "service-cidr-controller";
    private const string Finalizer = "networking.k8s.io/service-cidr-finalizer";
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Ranges_are_held_and_say_that_they_are_ready()
    {
        await using var cluster = await StartAsync(Name);
        await RangeAsync(cluster, "more", "10.200.0.0/24");
        var own = await cluster.UntilAsync<ServiceCIDR>("kubernetes", IsReady);
        Assert.Equal(["10.96.0.0/12"], own.Spec.Cidrs);
        await cluster.UntilAsync<ServiceCIDR>("more", IsReady);
    }

    [Fact]
    public async Task A_range_goes_once_no_address_needs_it_and_not_at_once()
    {
        await using var cluster = await StartAsync(Name);
        await RangeAsync(cluster, "more", "10.200.0.0/24");
        await ServiceAsync(cluster, "in", "10.200.0.7");
        await cluster.DeleteAsync<ServiceCIDR>("more");
        var blocked = await cluster.UntilAsync<ServiceCIDR>("more", r => r.Status.Conditions.Any(c => c is { Type: "Ready", Status: "False" }));
        Assert.Equal(
            ("Terminating", "There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR"),
            (blocked.Status.Conditions[0].Reason, blocked.Status.Conditions[0].Message));
        cluster.Clock.Advance(2 * Grace);
        await cluster.SettleAsync();
        Assert.NotNull(cluster.Find<ServiceCIDR>("more"));

        await cluster.DeleteAsync<Service>("in");
        await cluster.UntilGoneAsync<ServiceCIDR>("more");
    }

    [Fact]
    public async Task A_range_waits_for_servers_that_may_not_know_yet_that_it_goes()
    {
        await using var cluster = await StartAsync(Name);
        await RangeAsync(cluster, "more", "10.200.0.0/24");
        await cluster.DeleteAsync<ServiceCIDR>("more");
        await cluster.SettleAsync();
        Assert.NotNull(cluster.Find<ServiceCIDR>("more")!.Metadata.DeletionTimestamp);
        cluster.Clock.Advance(Grace);
        await cluster.UntilGoneAsync<ServiceCIDR>("more");
    }

    [Theory]
    [InlineData("10.200.0.0/24")]
    [InlineData("10.200.0.0/16")]
    [InlineData("10.200.0.0/28")]
    public async Task A_range_that_takes_over_its_addresses_lets_another_go(string other)
    {
        await using var cluster = await StartAsync(Name);
        await RangeAsync(cluster, "more", "10.200.0.0/24");
        await ServiceAsync(cluster, "in", "10.200.0.7");
        await cluster.DeleteAsync<ServiceCIDR>("more");
        await cluster.UntilAsync<ServiceCIDR>("more", r => r.Status.Conditions.Any(c => c is { Type: "Ready", Status: "False" }));
        await RangeAsync(cluster, "other", other);
        cluster.Clock.Advance(Grace);
        await cluster.UntilGoneAsync<ServiceCIDR>("more");
        Assert.Equal("10.200.0.7", cluster.Get<Service>("in").Spec.ClusterIP);
    }

    private static bool IsReady(ServiceCIDR range) =>
        range.Metadata.Finalizers.SequenceEqual([Finalizer]) && range.Status.Conditions is [{ Type: "Ready", Status: "True", Reason: "", Message: "Kubernetes Service CIDR is ready" }];

    private static async Task RangeAsync(TestCluster cluster, string name, string range)
    {
        await cluster.CreateAsync(new ServiceCIDR { Metadata = new() { Name = name }, Spec = new() { Cidrs = [range] } });
        await cluster.UntilAsync<ServiceCIDR>(name, IsReady);
    }

    private static Task<Service> ServiceAsync(TestCluster cluster, string name, string address) =>
        cluster.CreateAsync(new Service { Metadata = new() { Name = name, Namespace = Demo }, Spec = new() { ClusterIP = address, Ports = [new() { Port = 80 }] } });
}
