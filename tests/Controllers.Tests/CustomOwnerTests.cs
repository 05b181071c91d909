using System.Text.Json.Nodes;

namespace KubeSharp.Controllers.Tests;

/// <summary>Garbage collection where the owners are custom resources.</summary>
public sealed class CustomOwnerTests : IAsyncLifetime
{
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    private TestCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await TestCluster.StartAsync(Names.Garbage, Names.Namespace);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Theory]
    [InlineData("Namespaced")]
    [InlineData("Cluster")]
    public async Task Pods_go_with_the_custom_resource_that_owns_them(string scope)
    {
        await DefineAsync("widgets", "Widget", scope);
        var owner = await OwnerAsync("widgets", scope, "w");
        await _cluster.CreateAsync(Owned("a", owner));
        await _cluster.CreateAsync(Owned("b", owner));
        await _cluster.CreateAsync(Make.Pod("stranger", "x"));
        await _cluster.SettleAsync();
        Assert.Equal(3, _cluster.List<Pod>().Count);

        await _cluster.SendAsync(HttpMethod.Delete, PathOf("widgets", scope, "w"));

        await _cluster.UntilGoneAsync<Pod>("a");
        await _cluster.UntilGoneAsync<Pod>("b");
        Assert.NotNull(_cluster.Find<Pod>("stranger"));
    }

    [Fact]
    public async Task A_custom_resource_deleted_in_the_foreground_waits_for_its_pods()
    {
        await DefineAsync("widgets", "Widget", "Namespaced");
        var owner = await OwnerAsync("widgets", "Namespaced", "w");
        var pod = Owned("a", owner with { BlockOwnerDeletion = true });
        await _cluster.CreateAsync(pod with { Metadata = pod.Metadata with { Finalizers = ["example.com/hold"] } });
        await _cluster.SettleAsync();

        await _cluster.SendAsync(HttpMethod.Delete, PathOf("widgets", "Namespaced", "w"), new JsonObject { ["propagationPolicy"] = "Foreground" });
        await _cluster.UntilAsync<Pod>("a", p => p.Metadata.DeletionTimestamp is not null);
        await _cluster.SettleAsync();
        Assert.True(await IsThereAsync(PathOf("widgets", "Namespaced", "w")));

        await _cluster.PatchAsync<Pod>("a", """{"metadata":{"finalizers":null}}""");
        await _cluster.UntilGoneAsync<Pod>("a");
        await _cluster.UntilAnsweredAsync(async () => !await IsThereAsync(PathOf("widgets", "Namespaced", "w")));
    }

    [Fact]
    public async Task Pods_go_when_the_definition_of_their_owner_goes_and_takes_it_along()
    {
        await DefineAsync("widgets", "Widget", "Namespaced");
        var owner = await OwnerAsync("widgets", "Namespaced", "w");
        await _cluster.CreateAsync(Owned("a", owner));
        await _cluster.SettleAsync();

        await _cluster.SendAsync(HttpMethod.Delete, $"{Definitions}/widgets.example.com");

        await _cluster.UntilAnsweredAsync(async () => !await IsThereAsync($"{Definitions}/widgets.example.com"));
        await _cluster.UntilGoneAsync<Pod>("a");
    }

    [Fact]
    public async Task Nothing_is_judged_by_an_owner_whose_kind_is_not_served_until_it_is()
    {
        await _cluster.CreateAsync(Owned("early", new() { ApiVersion = "example.com/v1", Kind = "Widget", Name = "w", Uid = "33333333-3333-3333-3333-333333333333" }));
        await _cluster.SettleAsync();
        Assert.NotNull(_cluster.Find<Pod>("early"));

        await DefineAsync("widgets", "Widget", "Namespaced");
        await _cluster.UntilGoneAsync<Pod>("early");
    }

    [Fact]
    public async Task A_custom_owner_in_another_namespace_is_none_and_an_event_says_so()
    {
        await DefineAsync("widgets", "Widget", "Namespaced");
        await _cluster.AddNamespaceAsync("other");
        var owner = await OwnerAsync("widgets", "Namespaced", "w", "other");
        await _cluster.SettleAsync(); // the graph knows it

        await _cluster.CreateAsync(Owned("a", owner));

        await _cluster.UntilGoneAsync<Pod>("a");
        await _cluster.UntilAsync(() => _cluster.EventsOf("Pod", "a").Any(e => e.Reason == "OwnerRefInvalidNamespace"));
        Assert.Equal(
            ("Warning", $"ownerRef [example.com/v1/Widget, name: w, uid: {owner.Uid}] does not exist in namespace \"demo\""),
            _cluster.EventsOf("Pod", "a").Where(e => e.Reason == "OwnerRefInvalidNamespace").Select(e => (e.Type, e.Message)).First());
        Assert.True(await IsThereAsync(PathOf("widgets", "Namespaced", "w", "other")));
    }

    private static string PathOf(string plural, string scope, string name, string ns = TestCluster.Demo) =>
        $"/apis/example.com/v1/{(scope == "Cluster" ? "" : $"namespaces/{ns}/")}{plural}{(name.Length > 0 ? "/" + name : "")}";

    private static Pod Owned(string name, OwnerReference owner)
    {
        var pod = Make.Pod(name, "x");
        return pod with { Metadata = pod.Metadata with { OwnerReferences = [owner] } };
    }

    private async Task DefineAsync(string plural, string kind, string scope)
    {
        await _cluster.SendAsync(HttpMethod.Post, Definitions, JsonNode.Parse($$"""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"{{plural}}.example.com"},"spec":{"group":"example.com","scope":"{{scope}}",
            "names":{"plural":"{{plural}}","singular":"{{kind.ToLowerInvariant()}}","kind":"{{kind}}"},
            "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true} } }]} }
            """));
        await _cluster.UntilAnsweredAsync(() => IsThereAsync(PathOf(plural, scope, "")));
    }

    private async Task<OwnerReference> OwnerAsync(string plural, string scope, string name, string ns = TestCluster.Demo)
    {
        var made = await _cluster.SendAsync(HttpMethod.Post, PathOf(plural, scope, "", ns), JsonNode.Parse($$"""{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"{{name}}"} }"""));
        return new() { ApiVersion = "example.com/v1", Kind = "Widget", Name = name, Uid = made["metadata"]!["uid"]!.GetValue<string>() };
    }

    private async Task<bool> IsThereAsync(string path) => (await _cluster.SendAsync(HttpMethod.Get, path))["kind"]!.GetValue<string>() != "Status";
}
