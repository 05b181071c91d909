using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Tests.Apply;

/// <summary>Server-side apply beyond the recordings.</summary>
public sealed class ApplyTests : IAsyncLifetime
{
    private const string Maps = "/api/v1/namespaces/demo/configmaps";
    private const string Deployments = "/apis/apps/v1/namespaces/demo/deployments";
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    private WholeServer _server = null!;

    public static TheoryData<string, string, int, string> Refusals => new()
    {
        { Deployments, Deployment("""{"foo":1}"""), 500, "failed to create typed patch object (demo/d; apps/v1, Kind=Deployment): .spec.foo: field not declared in schema" },
        { Deployments, Deployment("""{"replicas":"x"}"""), 500, "failed to create typed patch object (demo/d; apps/v1, Kind=Deployment): .spec.replicas: expected numeric (int or float), got string" },
        {
            Deployments, Deployment("""{"template":{"spec":{"containers":[{"name":"a"},{"name":"a"}]}}}"""), 500,
            "failed to create typed patch object (demo/d; apps/v1, Kind=Deployment): .spec.template.spec.containers: duplicate entries for key [name=\"a\"]"
        },
        {
            Deployments, Deployment("""{"template":{"spec":{"containers":[{"image":"a"}]}}}"""), 500,
            "failed to create typed patch object (demo/d; apps/v1, Kind=Deployment): .spec.template.spec.containers: element 0: associative list with keys has an element that omits all key fields [\"name\"] (and doesn't have default values for any key fields)"
        },
        { Deployments, """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"d"}}""", 400, "invalid object type: /v1, Kind=Pod" },
        { Deployments, """{"metadata":{"name":"d"}}""", 400, "invalid object type: /, Kind=" },
        { Deployments, """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d","managedFields":[{"manager":"x"}]}}""", 400, "metadata.managedFields must be nil" },
        { Maps, """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"}}""", 400, "the name of the object (x) does not match the name on the URL (d)" },
        { Maps, """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"d","namespace":"other"}}""", 400, "the namespace of the provided object does not match the namespace sent on the request" },
        { Maps, """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"d","uid":"1"}}""", 409, "Operation cannot be fulfilled on configmaps \"d\": uid mismatch: the provided object specified uid 1, and no existing object was found" },
        { Maps, "[]", 400, "error decoding YAML: an apply patch is an object" },
    };

    public async ValueTask InitializeAsync() => _server = await WholeServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refusal_is_upstreams(string path, string patch, int code, string message)
    {
        var (status, answer) = await _server.ApplyAsync(path + "/d", "m", patch);

        Assert.Equal((code, message), (status, (string?)answer["message"]));
    }

    [Fact]
    public async Task An_apply_names_its_manager_and_the_version_it_was_made_for()
    {
        var (code, _) = await _server.SendAsync("PATCH", Maps + "/m", Map(new { a = "1" }), "application/apply-patch+yaml");
        Assert.Equal(422, code);

        await _server.ApplyAsync(Maps + "/m", "m", Map(new { a = "1" }));
        (code, var answer) = await _server.ApplyAsync(Maps + "/m", "m", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m","resourceVersion":"1"},"data":{"a":"2"}}""");
        Assert.Equal((409, "Conflict"), (code, (string?)answer["reason"]));
    }

    [Fact]
    public async Task A_key_given_twice_is_told_or_refused()
    {
        const string Twice = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},"data":{"a":"1","a":"2"}}""";
        var (code, answer) = await _server.SendAsync("PATCH", Maps + "/m?fieldManager=m&fieldValidation=Strict", Twice, "application/apply-patch+yaml");
        Assert.True(code == 400, answer.ToJsonString());
        (code, _) = await _server.SendAsync("PATCH", Maps + "/m?fieldManager=m&fieldValidation=Ignore", Twice, "application/apply-patch+yaml");
        Assert.True(code is 201 or 400); // as the YAML reader takes it
    }

    [Fact]
    public async Task What_kubectl_applied_from_its_side_the_server_takes_over()
    {
        var annotation = """{"apiVersion":"v1","data":{"a":"1","b":"1"},"kind":"ConfigMap","metadata":{"annotations":{},"name":"m","namespace":"demo"}}""" + "\n";
        var posted = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = "m", ["annotations"] = new JsonObject { [LastApplied] = annotation } },
            ["data"] = new JsonObject { ["a"] = "1", ["b"] = "1" },
        };
        await _server.SendAsync("POST", Maps + "?fieldManager=kubectl-client-side-apply", posted.ToJsonString());
        await _server.SendAsync("PATCH", Maps + "/m?fieldManager=editor", """{"data":{"b":"2"}}""", "application/merge-patch+json");

        var (code, refused) = await _server.ApplyAsync(Maps + "/m", "kubectl", Map(new { a = "5", b = "5" }));
        Assert.Equal((409, "Apply failed with 1 conflict: conflict with \"editor\" using v1: .data.b"), (code, (string?)refused["message"]));

        (code, var taken) = await _server.ApplyAsync(Maps + "/m", "kubectl", Map(new { a = "<5>" }));
        Assert.Equal(200, code);
        Assert.Equal("""{"apiVersion":"v1","data":{"a":"\u003c5\u003e"},"kind":"ConfigMap","metadata":{"name":"m"}}""" + "\n", (string?)taken["metadata"]!["annotations"]![LastApplied]);
        Assert.Equal(["kubectl", "editor", "kubectl-client-side-apply"], ManagedFieldsTests.Owners(taken).Select(o => (string?)o["manager"]));

        (code, _) = await _server.ApplyAsync(Maps + "/m", "another", Map(new { a = "6" }));
        Assert.Equal(409, code);
    }

    [Fact]
    public async Task Items_of_lists_are_owned_one_by_one()
    {
        const string Spec = """{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[CONTAINERS]}}}""";
        string With(string containers) => Deployment(Spec.Replace("CONTAINERS", containers, StringComparison.Ordinal));
        await _server.ApplyAsync(Deployments + "/d", "app", With("""{"name":"app","image":"i","env":[{"name":"A","value":"1"},{"name":"B","value":"1"}],"ports":[{"containerPort":80}]}"""));
        var (code, both) = await _server.ApplyAsync(Deployments + "/d", "mesh", Deployment("""{"template":{"spec":{"containers":[{"name":"sidecar","image":"s"}]}}}"""));
        Assert.Equal(200, code);
        Assert.Equal(["app", "sidecar"], Containers(both).Select(c => (string?)c["name"]));

        (_, var less) = await _server.ApplyAsync(Deployments + "/d", "app", With("""{"name":"app","image":"i","env":[{"name":"B","value":"1"}]}"""));
        var app = Containers(less).First();
        Assert.Equal("B", (string?)app["env"]!.AsArray().Single()!["name"]);
        Assert.Null(app["ports"]);
        Assert.Equal("IfNotPresent Always".Split(' ')[1], (string?)app["imagePullPolicy"]); // a default nobody owns stays with what it belongs to

        (_, var gone) = await _server.ApplyAsync(Deployments + "/d", "mesh", Deployment("{}"));
        Assert.Equal(["app"], Containers(gone).Select(c => (string?)c["name"]));

        static IEnumerable<JsonNode> Containers(JsonNode d) => d["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Select(c => c!);
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_and_creates_nothing()
    {
        var (code, answer) = await _server.SendAsync("PATCH", Maps + "/m?fieldManager=m&dryRun=All", Map(new { a = "1" }), "application/apply-patch+yaml");
        Assert.Equal((201, "m"), (code, (string?)ManagedFieldsTests.Owners(answer).Single()["manager"]));
        (code, _) = await _server.SendAsync("GET", Maps + "/m");
        Assert.Equal(404, code);
    }

    [Fact]
    public async Task A_subresource_is_applied_only_to_what_is_there()
    {
        var (code, _) = await _server.ApplyAsync(Deployments + "/d/status", "ctl", """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"status":{"replicas":1}}""");
        Assert.Equal(404, code);
    }

    private static string Map(object data) =>
        $$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},"data":{{System.Text.Json.JsonSerializer.Serialize(data)}}}""";

    private static string Deployment(string spec) => $$"""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d","namespace":"demo"},"spec":{{spec}}}""";
}
