using System.Text;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Tests.CustomResources;

namespace KubeSharp.ApiServer.Tests.Http;

/// <summary>Details of answers that clients and their authors have come to rely on.</summary>
public sealed class DetailTests : IAsyncLifetime
{
    private const string Pods = "/api/v1/namespaces/demo/pods";
    private const string ConfigMaps = "/api/v1/namespaces/demo/configmaps";
    private const string Odd = "<b> & \U0001F600 \u2028 ü";
    private const string Escaped = "\\u003cb\\u003e \\u0026 \U0001F600 \\u2028 ü";

    private CustomServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await CustomServer.StartAsync();
        await _server.GoodAsync("POST", "/api/v1/namespaces/demo/serviceaccounts", """{"metadata":{"name":"default"}}""");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("?gracePeriodSeconds=0")]
    [InlineData("")] // not bound to a node: nobody would end it
    [InlineData("?gracePeriodSeconds=0&dryRun=All")]
    public async Task A_pod_that_goes_at_once_is_answered_with_its_mark(string query)
    {
        await _server.GoodAsync("POST", Pods, """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}}""");
        var gone = await _server.GoodAsync("DELETE", Pods + "/p" + query);
        Assert.Equal(("Pod", 0, true), ((string?)gone["kind"], (int?)gone["metadata"]!["deletionGracePeriodSeconds"], gone["metadata"]!["deletionTimestamp"] is not null));
        var (code, _) = await _server.SendAsync("GET", Pods + "/p");
        Assert.Equal(query.Contains("dryRun", StringComparison.Ordinal) ? 200 : 404, code);
    }

    [Fact]
    public async Task A_name_that_is_going_says_so()
    {
        await _server.GoodAsync("POST", ConfigMaps, """{"metadata":{"name":"a","finalizers":["example.com/x"]}}""");
        const string Again = """{"metadata":{"name":"a"}}""";
        var (_, taken) = await _server.SendAsync("POST", ConfigMaps, Again);
        Assert.Equal("configmaps \"a\" already exists", (string?)taken["message"]);
        await _server.GoodAsync("DELETE", ConfigMaps + "/a");
        (var code, taken) = await _server.SendAsync("POST", ConfigMaps, Again);
        Assert.Equal((409, "AlreadyExists", "object is being deleted: configmaps \"a\" already exists"), (code, (string?)taken["reason"], (string?)taken["message"]));
    }

    [Fact]
    public async Task A_review_of_rules_brings_no_question_back()
    {
        var review = await _server.GoodAsync("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", """{"metadata":{"name":"x"},"spec":{"namespace":"demo"}}""");
        Assert.Equal("{}", review["metadata"]!.ToJsonString());
        Assert.Equal("{}", review["spec"]!.ToJsonString());
        Assert.Equal(["resourceRules", "nonResourceRules", "incomplete"], review["status"]!.AsObject().Select(p => p.Key));
    }

    [Theory]
    [InlineData("""{"metadata":{"labels":[]}}""", "map[metadata:map[labels:[]]]", "cannot restore map from slice")]
    [InlineData("""{"data":{"a":1}}""", "map[data:map[a:1]]", "cannot convert int64 to string")]
    [InlineData("""{"immutable":"yes"}""", "map[immutable:yes]", "cannot convert string to bool")]
    public async Task A_strategic_patch_of_the_wrong_type_is_told_as_Go_tells_it(string patch, string shown, string why)
    {
        await _server.GoodAsync("POST", ConfigMaps, """{"metadata":{"name":"a"}}""");
        var (code, refused) = await _server.SendAsync("PATCH", ConfigMaps + "/a", patch, "application/strategic-merge-patch+json");
        Assert.Equal((422, $" \"\" is invalid: patch: Invalid value: \"{shown}\": {why}"), (code, (string?)refused["message"]));
    }

    [Fact]
    public async Task A_map_that_is_too_long_is_refused_under_upstreams_path()
    {
        var (code, refused) = await _server.SendAsync("POST", ConfigMaps, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "big" }, ["data"] = new JsonObject { ["a"] = new string('x', 1024 * 1024 + 1) } }.ToJsonString());
        Assert.Equal((422, "ConfigMap \"big\" is invalid: []: Too long: may not be more than 1048576 bytes"), (code, (string?)refused["message"]));
        (code, refused) = await _server.SendAsync("POST", "/api/v1/namespaces/demo/secrets", new JsonObject { ["metadata"] = new JsonObject { ["name"] = "big" }, ["data"] = new JsonObject { ["a"] = Convert.ToBase64String(new byte[1024 * 1024 + 1]) } }.ToJsonString());
        Assert.Equal((422, "Secret \"big\" is invalid: data: Too long: may not be more than 1048576 bytes"), (code, (string?)refused["message"]));
    }

    [Fact]
    public async Task Every_answer_escapes_as_Go_does()
    {
        await _server.DefineAsync("""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"widgets.example.com"},"spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"widgets","kind":"Widget"},
             "versions":[{"name":"v1","served":true,"storage":true,"additionalPrinterColumns":[{"name":"Text","type":"string","jsonPath":".spec.text"}],
              "schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{"text":{"type":"string"}}}}}}}]}}
            """);
        const string Widgets = "/apis/example.com/v1/namespaces/demo/widgets";
        var odd = JsonValue.Create(Odd).ToJsonString(); // as other clients may escape it
        foreach (var (path, body) in new[]
        {
            (ConfigMaps, $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":{{{odd}}}}}"""),
            (Widgets, $$$"""{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"text":{{{odd}}}}}"""),
            ("/apis/apps/v1/namespaces/demo/controllerrevisions", $$$"""{"apiVersion":"apps/v1","kind":"ControllerRevision","metadata":{"name":"a"},"revision":1,"data":{"raw" : "{{{Odd}}}"}}"""),
        })
        {
            Assert.Contains($"\"{Escaped}\"", await TextAsync("POST", path, body), StringComparison.Ordinal);
            Assert.Contains($"\"{Escaped}\"", await TextAsync("GET", path + "/a"), StringComparison.Ordinal);
            Assert.Contains($"\"{Escaped}\"", await TextAsync("GET", path), StringComparison.Ordinal);
            Assert.Contains($"\"{Escaped}\"", await TextAsync("GET", path + "?pretty=true"), StringComparison.Ordinal);
            Assert.Contains($"\"{Escaped}\"", await TextAsync("PATCH", path + "/a", """{"metadata":{"labels":{"a":"b"}}}""", "application/merge-patch+json"), StringComparison.Ordinal);
            using var watch = await _server.AskAsync("GET", path + "?watch=1");
            using var events = new StreamReader(await watch.Content.ReadAsStreamAsync(Ct));
            Assert.Contains($"\"{Escaped}\"", await events.ReadLineAsync(Ct), StringComparison.Ordinal);
        }

        Assert.Contains($"\"cells\":[\"a\",\"{Escaped}\"]", await TextAsync("GET", Widgets, accept: "application/json;as=Table;g=meta.k8s.io;v=v1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".spec.list[0]", "is an invalid path: array notation is not allowed")]
    [InlineData(".spec['text']", "is an invalid path: array notation is not allowed")]
    [InlineData(".spec.nothing[0]", "is an invalid path: does not refer to a valid field")]
    [InlineData("['spec']", "is an invalid path: array notation is not allowed")]
    public async Task A_selectable_field_is_reached_by_names_alone(string path, string why)
    {
        var definition = JsonNode.Parse("""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"widgets.example.com"},"spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"widgets","kind":"Widget"},
             "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{"text":{"type":"string"},"list":{"type":"array","items":{"type":"string"}}}}}}}}]}}
            """)!;
        definition["spec"]!["versions"]![0]!["selectableFields"] = new JsonArray(new JsonObject { ["jsonPath"] = path });
        var (code, refused) = await _server.SendAsync("POST", CustomServer.Definitions, definition.ToJsonString());
        Assert.Equal(422, code);
        var cause = Assert.Single(refused["details"]!["causes"]!.AsArray())!;
        Assert.Equal(("spec.selectableFields[0].jsonPath", $"Invalid value: \"{path}\": {why}"), ((string?)cause["field"], (string?)cause["message"]));
    }

    private async Task<string> TextAsync(string method, string path, string? body = null, string type = "application/json", string? accept = null)
    {
        using var response = await _server.AskAsync(method, path, body, type, accept);
        var text = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(Ct));
        Assert.True(response.IsSuccessStatusCode, text);
        return text;
    }
}
