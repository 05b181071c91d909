using KubeSharp.ApiServer.Tests.CustomResources;
using KubeSharp.Objects.ApiregistrationV1;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Aggregation;

/// <summary>The APIServices of what this server answers itself.</summary>
public sealed class LocalRegistrationTests : IAsyncLifetime
{
    private const string Services = "/apis/apiregistration.k8s.io/v1/apiservices";
    private const string Widgets = Services + "/v1.example.com";

    private AggregatedServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await AggregatedServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("v1.", 18000, 1)]
    [InlineData("v1.apps", 17800, 15)]
    [InlineData("v2.autoscaling", 17500, 30)]
    [InlineData("v1.autoscaling", 17500, 15)]
    [InlineData("v1.flowcontrol.apiserver.k8s.io", 16100, 21)]
    public async Task The_servers_own_are_there_with_upstreams_priorities(string name, int group, int version)
    {
        await _server.UntilAsync($"{Services}/{name}", (code, _) => code == 200);
        var service = await _server.Core.GetAsync<APIService>(name, "");
        Assert.Equal((group, version, "onstart"), (service.Spec.GroupPriorityMinimum, service.Spec.VersionPriority, service.Metadata.Labels["kube-aggregator.kubernetes.io/automanaged"]));
        Assert.Equal(("True", "Local", "Local APIServices are always available"), Condition(service));
    }

    [Fact]
    public async Task Those_of_definitions_come_and_go_with_them_and_are_put_right()
    {
        await DefineAsync();
        await _server.UntilAsync(Widgets, (code, _) => code == 200);
        var service = await _server.Core.GetAsync<APIService>("v1.example.com", "");
        Assert.Equal((1000, 100, "true"), (service.Spec.GroupPriorityMinimum, service.Spec.VersionPriority, service.Metadata.Labels["kube-aggregator.kubernetes.io/automanaged"]));

        await _server.Core.UpdateAsync(service with { Spec = service.Spec with { VersionPriority = 7 } });
        await _server.UntilAsync(Widgets, (_, t) => t.Contains("\"versionPriority\":100", StringComparison.Ordinal));
        await _server.Core.DeleteAsync<APIService>("v1.example.com");
        await _server.UntilAsync(Widgets, (code, _) => code == 200);

        await _server.JsonAsync("DELETE", CustomServer.Definitions + "/widgets.example.com");
        await _server.UntilAsync(Widgets, (code, _) => code == 404);
    }

    [Fact]
    public async Task What_an_administrator_changes_or_takes_away_stays_so()
    {
        while (await _server.Core.Core.Aggregator.Checks[0].Find(Ct) is not null)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Ct);
        await _server.Core.DeleteAsync<APIService>("v1.apps");
        var batch = await _server.Core.GetAsync<APIService>("v1.batch", "");
        await _server.Core.UpdateAsync(batch with { Spec = batch.Spec with { GroupPriorityMinimum = 19999 } });

        // A definition that comes wakes the loop: when it is registered, the others have been looked at.
        await DefineAsync();
        await _server.UntilAsync(Widgets, (code, _) => code == 200);
        Assert.Equal(404, (await _server.JsonAsync("GET", Services + "/v1.apps")).Code);
        Assert.Equal(200, (await _server.JsonAsync("GET", "/apis/apps/v1/deployments")).Code);
        var (_, groups) = await _server.JsonAsync("GET", "/apis");
        Assert.Equal(["apiregistration.k8s.io", "batch"], groups["groups"]!.AsArray().Take(2).Select(g => (string?)g!["name"]));
    }

    [Fact]
    public async Task Another_server_wins_over_a_definition_of_the_same_version()
    {
        await _server.Core.CreateAsync(new APIService
        {
            Metadata = new() { Name = "v1.example.com" },
            Spec = new() { Group = "example.com", Version = "v1", GroupPriorityMinimum = 100, VersionPriority = 100, Service = new() { Namespace = "demo", Name = "none" }, InsecureSkipTLSVerify = true },
        });
        await DefineAsync();
        Assert.Equal((503, "service unavailable\n"), ((await _server.SendAsync("GET", "/apis/example.com/v1/widgets")).Code, (await _server.SendAsync("GET", "/apis/example.com/v1/widgets")).Text));
        Assert.Equal(200, (await _server.JsonAsync("DELETE", Widgets)).Code);
        await _server.UntilAsync("/apis/example.com/v1/widgets", (code, _) => code == 200);
    }

    private async Task DefineAsync()
    {
        Assert.Equal(201, (await _server.JsonAsync("POST", CustomServer.Definitions, LifeTests.Definition())).Code);
        await _server.UntilAsync(CustomServer.Definitions + "/widgets.example.com", (_, t) => t.Contains("\"type\":\"Established\"", StringComparison.Ordinal));
    }

    private static (string, string, string) Condition(APIService service)
    {
        var condition = Assert.Single(service.Status.Conditions);
        return (condition.Status, condition.Reason, condition.Message);
    }
}
