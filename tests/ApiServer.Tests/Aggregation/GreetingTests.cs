using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Authentication;
using Microsoft.AspNetCore.Builder;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Aggregation;

/// <summary>A group that another server answers for, as clients of this one see it.</summary>
public sealed class GreetingTests : IAsyncLifetime
{
    private static readonly Identity Jane = new("jane", ["devs", "a, b", Identity.Masters]) { Uid = "42", Extra = new Dictionary<string, IReadOnlyList<string>> { ["Scopes/x"] = ["one", "two"] } };

    private AggregatedServer _server = null!;
    private WebApplication _sample = null!;
    private int _port;

    public async ValueTask InitializeAsync()
    {
        _server = await AggregatedServer.StartAsync();
        (_sample, _port) = await _server.SampleAsync();
        await _server.RegisterAsync(_port);
        Assert.Equal(("True", "all checks passed"), await _server.UntilReasonAsync("Passed"));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _sample.DisposeAsync();
    }

    [Fact]
    public async Task Greetings_live_their_life_behind_the_server_and_know_who_made_them()
    {
        var (code, made) = await _server.JsonAsync("POST", AggregatedServer.Greetings, Greeting("a"), Jane);
        Assert.True(code == 201, made.ToJsonString());
        Assert.Equal("jane", (string?)made["status"]!["createdBy"]);
        Assert.Equal(["devs", "a, b", "system:masters"], made["status"]!["groups"]!.AsArray().Select(g => (string?)g));
        Assert.Equal(409, (await _server.JsonAsync("POST", AggregatedServer.Greetings, Greeting("a"))).Code);

        (_, var list) = await _server.JsonAsync("GET", AggregatedServer.Greetings);
        Assert.Equal("a", (string?)list["items"]![0]!["metadata"]!["name"]);
        Assert.Equal(200, (await _server.JsonAsync("GET", AggregatedServer.Greetings + "/a")).Code);
        Assert.Equal(200, (await _server.JsonAsync("DELETE", AggregatedServer.Greetings + "/a")).Code);
        (code, var gone) = await _server.JsonAsync("GET", AggregatedServer.Greetings + "/a");
        Assert.Equal((404, "greetings.greetings.example.kubesharp.dev \"a\" not found"), (code, (string?)gone["message"]));
    }

    [Fact]
    public async Task A_watch_tells_each_change_when_it_comes()
    {
        using var watch = await _server.Whole.Client.GetAsync(new Uri(AggregatedServer.Greetings + "?watch=1", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Ct);
        using var events = new StreamReader(await watch.Content.ReadAsStreamAsync(Ct));
        foreach (var name in new[] { "a", "b" })
        {
            await _server.JsonAsync("POST", AggregatedServer.Greetings, Greeting(name));
            var change = JsonNode.Parse((await events.ReadLineAsync(Ct))!)!;
            Assert.Equal(("ADDED", name), ((string?)change["type"], (string?)change["object"]!["metadata"]!["name"]));
        }
    }

    [Fact]
    public async Task Discovery_and_OpenAPI_are_of_one_piece_with_the_servers_own()
    {
        await _server.UntilFreshAsync("Current");
        var (version, _) = await _server.DiscoveredAsync();
        Assert.Equal(("greetings", "chat"), ((string?)version!["resources"]![0]!["resource"], (string?)version["resources"]![0]!["subresources"]![0]!["subresource"]));

        var (_, plain) = await _server.JsonAsync("GET", "/apis");
        var groups = plain["groups"]!.AsArray().Select(g => (string?)g!["name"]).ToList();
        Assert.Equal(("apiregistration.k8s.io", "greetings.example.kubesharp.dev"), (groups[0], groups[^1]));
        (_, var one) = await _server.JsonAsync("GET", "/apis/greetings.example.kubesharp.dev");
        Assert.Equal("v1", (string?)one["preferredVersion"]!["version"]);
        (_, var resources) = await _server.JsonAsync("GET", "/apis/greetings.example.kubesharp.dev/v1");
        Assert.Equal("APIResourceList", (string?)resources["kind"]);

        var index = JsonNode.Parse(await _server.UntilAsync("/openapi/v3", (_, t) => t.Contains("greetings", StringComparison.Ordinal)))!["paths"]!;
        Assert.NotNull(index["apis/apps/v1"]);
        var url = (string?)index["apis/greetings.example.kubesharp.dev/v1"]!["serverRelativeURL"];
        (_, var document) = await _server.JsonAsync("GET", url!);
        Assert.NotNull(document["components"]!["schemas"]!["dev.kubesharp.example.greetings.v1.Greeting"]);
    }

    [Fact]
    public async Task Who_may_not_is_refused_here_and_never_gets_there()
    {
        var (code, refused) = await _server.JsonAsync("POST", AggregatedServer.Greetings, Greeting("a"), new("joe", [Identity.Authenticated]));
        Assert.Equal(403, code);
        Assert.Equal("greetings.greetings.example.kubesharp.dev is forbidden: User \"joe\" cannot create resource \"greetings\" in API group \"greetings.example.kubesharp.dev\" in the namespace \"demo\"", (string?)refused["message"]);
        Assert.Empty((await _server.JsonAsync("GET", AggregatedServer.Greetings)).Body["items"]!.AsArray());
    }

    [Fact]
    public async Task A_server_that_stops_is_told_of_as_unavailable_and_one_that_comes_back_is_used_again()
    {
        await _server.UntilFreshAsync("Current");
        var (_, tag) = await _server.DiscoveredAsync();
        await _sample.DisposeAsync();
        var (status, message) = await _server.UntilReasonAsync("FailedDiscoveryCheck", "connection refused");
        Assert.Equal(("False", $"failing or missing response from https://127.0.0.1:{_port}/apis/greetings.example.kubesharp.dev/v1: Get \"https://127.0.0.1:{_port}/apis/greetings.example.kubesharp.dev/v1\": dial tcp 127.0.0.1:{_port}: connect: connection refused"), (status, message));
        var (code, text, answer) = await _server.SendAsync("GET", AggregatedServer.Greetings);
        Assert.Equal((503, "service unavailable\n", "text/plain; charset=utf-8"), (code, text, answer.Content.Headers.ContentType?.ToString()));

        await _server.UntilFreshAsync("Stale");
        var (stale, staleTag) = await _server.DiscoveredAsync();
        Assert.Equal("greetings", (string?)stale!["resources"]![0]!["resource"]);
        Assert.NotEqual(tag, staleTag);
        Assert.Equal(200, (await _server.JsonAsync("GET", "/api/v1/namespaces")).Code);

        (_sample, _) = await _server.SampleAsync(_port);
        await _server.UntilReasonAsync("Passed");
        Assert.Equal(201, (await _server.JsonAsync("POST", AggregatedServer.Greetings, Greeting("a"))).Code);
        await _server.UntilFreshAsync("Current");
    }

    [Fact]
    public async Task An_APIService_that_is_deleted_takes_its_group_along()
    {
        await _server.UntilFreshAsync("Current");
        Assert.Equal(200, (await _server.JsonAsync("DELETE", AggregatedServer.Condition)).Code);
        Assert.Equal(404, (await _server.JsonAsync("GET", AggregatedServer.Greetings)).Code);
        Assert.Equal(404, (await _server.JsonAsync("GET", "/apis/greetings.example.kubesharp.dev")).Code);
        Assert.Null((await _server.DiscoveredAsync()).Version);
        await _server.UntilAsync("/openapi/v3", (_, t) => !t.Contains("greetings", StringComparison.Ordinal));
    }

    internal static string Greeting(string name) => $$$"""{"apiVersion":"greetings.example.kubesharp.dev/v1","kind":"Greeting","metadata":{"name":"{{{name}}}"},"spec":{"text":"hello"}}""";
}
