using KubeSharp.Controllers.Namespaces;
using KubeSharp.Controllers.Quotas;
using KubeSharp.Objects.ApiregistrationV1;
using static KubeSharp.Controllers.Tests.ControllerServer;

namespace KubeSharp.Controllers.Tests;

/// <summary>Controllers that look at all resources, while a server behind the API server is down.</summary>
public sealed class AggregatedGroupTests
{
    private const string Group = "down.example.com";

    [Fact]
    public async Task A_namespace_waits_for_a_server_that_may_hold_something_of_it_and_is_emptied_meanwhile()
    {
        await using var server = await StartAsync();
        await server.Client.CreateAsync(Down(), Ct);
        await server.Client.CreateAsync(new ConfigMap { Metadata = new() { Name = "a", Namespace = "demo" } }, Ct);
        server.Run(new NamespaceController(server.Client, TimeProvider.System));
        await server.Client.DeleteAsync<Namespace>(new("", "demo"), new(), Ct);

        var ns = await server.UntilAsync<Namespace>("demo", n => n?.Status.Conditions.Any(c => c.Type == "NamespaceDeletionDiscoveryFailure") == true);
        var condition = ns.Status.Conditions.First(c => c.Type == "NamespaceDeletionDiscoveryFailure");
        Assert.Equal(
            ("True", "DiscoveryFailed", "Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: down.example.com/v1: stale GroupVersion discovery: down.example.com/v1"),
            (condition.Status, condition.Reason, condition.Message));
        await server.UntilAsync<ConfigMap>("a", c => c is null);

        await server.Client.DeleteAsync<APIService>(new("", "v1." + Group), new(), Ct);
        await server.UntilAsync<Namespace>("demo", n => n is null);
    }

    [Fact]
    public async Task A_quota_counts_what_it_can_and_keeps_what_it_counted_of_the_rest()
    {
        await using var server = await StartAsync();
        await server.Client.CreateAsync(Down(), Ct);
        await server.Client.CreateAsync(new ConfigMap { Metadata = new() { Name = "a", Namespace = "demo" } }, Ct);
        server.Run(new ResourceQuotaController(server.Client, TimeProvider.System));
        await server.Client.CreateAsync(new ResourceQuota
        {
            Metadata = new() { Name = "q", Namespace = "demo" },
            Spec = new() { Hard = new Dictionary<string, Quantity> { ["configmaps"] = Quantity.Parse("5"), ["count/things." + Group] = Quantity.Parse("3") } },
        }, Ct);
        var quota = await server.UntilAsync<ResourceQuota>("q", q => q?.Status.Used.Count == 2);
        Assert.Equal(("1", "0"), (quota.Status.Used["configmaps"].ToString(), quota.Status.Used["count/things." + Group].ToString()));
    }

    private static APIService Down() => new()
    {
        Metadata = new() { Name = "v1." + Group },
        Spec = new() { Group = Group, Version = "v1", GroupPriorityMinimum = 100, VersionPriority = 100, Service = new() { Namespace = "demo", Name = "none" }, InsecureSkipTLSVerify = true },
    };
}
