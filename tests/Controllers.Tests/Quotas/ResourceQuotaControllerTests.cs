using KubeSharp.Controllers.GarbageCollection;
using KubeSharp.Controllers.Quotas;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using static KubeSharp.Controllers.Tests.ControllerServer;

namespace KubeSharp.Controllers.Tests.Quotas;

public sealed class ResourceQuotaControllerTests
{
    [Fact]
    public async Task A_new_quota_is_counted_and_then_holds_and_what_goes_is_given_back()
    {
        await using var server = await StartAsync();
        await server.Client.CreateAsync(ConfigMap("a"), Ct);
        Run(server);
        await server.Client.CreateAsync(Quota(("configmaps", "2"), ("pods", "1"), ("requests.cpu", "1"), ("count/deployments.apps", "5")), Ct);
        var quota = await server.UntilAsync<ResourceQuota>("q", q => q?.Status.Used.Count == 4);
        Assert.Equal(("1", "0", "0", "0"), (Used(quota, "configmaps"), Used(quota, "pods"), Used(quota, "requests.cpu"), Used(quota, "count/deployments.apps")));

        await server.Client.CreateAsync(ConfigMap("b"), Ct);
        await Assert.ThrowsAsync<ApiException>(() => server.Client.CreateAsync(ConfigMap("c"), Ct));
        await server.Client.DeleteAsync<ConfigMap>(new("demo", "a"), new(), Ct);
        await server.UntilAsync<ResourceQuota>("q", q => Used(q!, "configmaps") == "1");
        await server.Client.CreateAsync(ConfigMap("c"), Ct);
    }

    [Fact]
    public async Task A_pod_gives_back_what_it_used_when_it_ends()
    {
        await using var server = await StartAsync();
        Run(server);
        await server.Client.CreateAsync(Quota(("pods", "1"), ("requests.cpu", "300m"), ("count/pods", "9")), Ct);
        await server.UntilAsync<ResourceQuota>("q", q => q?.Status.Used.Count == 3);
        var pod = await server.Client.CreateAsync(Pod("p"), Ct);
        Assert.Equal("250m", Used((await server.Client.FindAsync<ResourceQuota>(new("demo", "q"), Ct))!, "requests.cpu"));

        await server.Client.UpdateStatusAsync(pod with { Status = pod.Status with { Phase = "Succeeded" } }, Ct);
        var quota = await server.UntilAsync<ResourceQuota>("q", q => Used(q!, "pods") == "0");
        Assert.Equal(("0", "1"), (Used(quota, "requests.cpu"), Used(quota, "count/pods")));
        await server.Client.CreateAsync(Pod("next"), Ct);
    }

    [Fact]
    public async Task A_change_of_the_limits_takes_effect()
    {
        await using var server = await StartAsync();
        Run(server);
        var quota = await server.Client.CreateAsync(Quota(("configmaps", "0")), Ct);
        await server.UntilAsync<ResourceQuota>("q", q => q?.Status.Used.Count == 1);
        quota = await server.Client.FindAsync<ResourceQuota>(new("demo", "q"), Ct);
        await server.Client.UpdateAsync(quota! with { Spec = Quota(("configmaps", "1"), ("secrets", "0")).Spec }, Ct);
        await server.UntilAsync<ResourceQuota>("q", q => q!.Status.Hard.Count == 2 && q.Status.Used.Count == 2);
        await server.Client.CreateAsync(ConfigMap("a"), Ct);
    }

    [Fact]
    public async Task What_was_charged_for_a_write_that_failed_is_given_back()
    {
        await using var server = await StartAsync();
        var clock = new FakeTimeProvider();
        Run(server, clock);
        await server.Client.CreateAsync(Quota(("configmaps", "3")), Ct);
        await server.UntilAsync<ResourceQuota>("q", q => q?.Status.Used.Count == 1);
        await server.Client.CreateAsync(ConfigMap("a"), Ct);
        for (var i = 0; i < 2; i++)
            Assert.True((await Assert.ThrowsAsync<ApiException>(() => server.Client.CreateAsync(ConfigMap("a"), Ct))).IsAlreadyExists);
        Assert.Equal("3", Used((await server.Client.FindAsync<ResourceQuota>(new("demo", "q"), Ct))!, "configmaps"));

        await server.UntilAsync<ResourceQuota>("q", q =>
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            return Used(q!, "configmaps") == "1";
        });
    }

    private static void Run(ControllerServer server, TimeProvider? clock = null)
    {
        var controller = new ResourceQuotaController(server.Client, TimeProvider.System);
        var garbage = new GarbageCollector(server.Client, TimeProvider.System, NullLogger<GraphSource>.Instance);
        garbage.Source.Deleted = controller.Deleted;
        server.Run(garbage.Source.RunAsync);
        server.Run(controller, clock);
    }

    private static string Used(ResourceQuota quota, string name) => quota.Status.Used[name].ToString();

    private static ConfigMap ConfigMap(string name) => new() { Metadata = new() { Name = name, Namespace = "demo" } };

    private static ResourceQuota Quota(params (string Name, string Amount)[] hard) =>
        new() { Metadata = new() { Name = "q", Namespace = "demo" }, Spec = new() { Hard = hard.ToDictionary(h => h.Name, h => Quantity.Parse(h.Amount)) } };

    private static Pod Pod(string name) => new()
    {
        Metadata = new() { Name = name, Namespace = "demo" },
        Spec = new() { Containers = [new() { Name = "c", Image = "i", Resources = new() { Requests = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse("250m") } } }] },
    };
}
