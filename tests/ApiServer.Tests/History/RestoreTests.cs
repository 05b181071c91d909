using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Tests.CustomResources;
using KubeSharp.Store;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.History;

/// <summary>Bringing back what was, over HTTP.</summary>
public sealed class RestoreTests : IAsyncLifetime
{
    private const string ConfigMaps = "/api/v1/namespaces/demo/configmaps";
    private const string Deployments = "/apis/apps/v1/namespaces/demo/deployments";
    private const string Services = "/api/v1/namespaces/demo/services";
    private const string Annotation = "history.kubesharp.io/restored-from";

    private CustomServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await CustomServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_deleted_deployment_comes_back_as_it_was_and_as_a_new_object()
    {
        var made = await _server.GoodAsync("POST", Deployments + "?fieldManager=maker", Deployment("web", 3));
        _server.Core.Clock.Advance(TimeSpan.FromSeconds(1));
        await _server.GoodAsync("PATCH", Deployments + "/web/status", """{"status":{"replicas":3,"observedGeneration":1}}""", "application/merge-patch+json");
        var last = await _server.GoodAsync("GET", Deployments + "/web");
        await _server.GoodAsync("DELETE", Deployments + "/web");

        _server.Core.Clock.Advance(TimeSpan.FromSeconds(1)); // owners are told apart by the second
        var (code, back) = await _server.SendAsync("POST", Deployments + "/web/restore?fieldManager=rescuer", "{}");
        Assert.True(code == 201, back.ToJsonString());
        Assert.Equal(made["spec"]!.ToJsonString(), back["spec"]!.ToJsonString());
        Assert.NotEqual((string?)made["metadata"]!["uid"], (string?)back["metadata"]!["uid"]);
        Assert.Equal((1, Version(last)), ((int)back["metadata"]!["generation"]!, (string?)back["metadata"]!["annotations"]![Annotation]));
        Assert.Equal("{}", back["status"]!.ToJsonString());
        Assert.Null(back["metadata"]!["deletionTimestamp"]);

        // Its fields belong to whom they belonged, and the rescuer has only what he added.
        var managers = back["metadata"]!["managedFields"]!.AsArray().ToDictionary(m => (string)m!["manager"]!, m => m!["fieldsV1"]!.ToJsonString());
        Assert.Equal(["maker", "rescuer"], managers.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("f:replicas", managers["maker"], StringComparison.Ordinal);
        Assert.Equal("""{"f:metadata":{"f:annotations":{".":{},"f:history.kubesharp.io/restored-from":{}}}}""", managers["rescuer"]);

        var history = await _server.GoodAsync("GET", Deployments + "/web/history");
        Assert.Equal(["created rescuer", "deleted ", "updated recorder", "created maker"], history["items"]!.AsArray().Select(i => $"{i!["verb"]} {i["manager"]}".Replace("unknown", "recorder", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_second_restore_is_refused_and_says_what_to_do()
    {
        await _server.GoodAsync("POST", ConfigMaps, Map("a", "1"));
        await _server.GoodAsync("DELETE", ConfigMaps + "/a");
        await _server.GoodAsync("POST", ConfigMaps + "/a/restore", "{}");

        var (code, refused) = await _server.SendAsync("POST", ConfigMaps + "/a/restore", "{}");
        Assert.Equal(
            (409, "AlreadyExists", "configmaps \"a\" already exists (to bring an older version of it back, name that as resourceVersion; its history lists them)"),
            (code, (string?)refused["reason"], (string?)refused["message"]));
    }

    [Fact]
    public async Task A_living_object_goes_back_to_an_older_version_and_stays_itself()
    {
        var first = await _server.GoodAsync("POST", ConfigMaps, Map("a", "1", ""","labels":{"old":"yes"}"""));
        var second = await _server.GoodAsync("PUT", ConfigMaps + "/a", Map("a", "2", ""","finalizers":["example.com/hold"]"""));

        var (code, back) = await _server.SendAsync("POST", ConfigMaps + "/a/restore", $$"""{"apiVersion":"history.kubesharp.io/v1","kind":"Restore","resourceVersion":"{{Version(first)}}"}""");
        Assert.True(code == 200, back.ToJsonString());
        Assert.Equal(("1", "yes", Version(first)), ((string?)back["data"]!["k"], (string?)back["metadata"]!["labels"]!["old"], (string?)back["metadata"]!["annotations"]![Annotation]));
        Assert.Equal((string?)second["metadata"]!["uid"], (string?)back["metadata"]!["uid"]);
        Assert.Equal("example.com/hold", (string?)back["metadata"]!["finalizers"]![0]);

        var again = await _server.GoodAsync("POST", $"{ConfigMaps}/a/restore?resourceVersion={Version(first)}");
        Assert.Equal(Version(back), Version(again));

        await _server.GoodAsync("DELETE", ConfigMaps + "/a");
        var (busy, refused) = await _server.SendAsync("POST", $"{ConfigMaps}/a/restore?resourceVersion={Version(first)}");
        Assert.Equal((409, "Operation cannot be fulfilled on configmaps \"a\": the object is being deleted; it can be restored when it is gone"), (busy, (string?)refused["message"]));
    }

    [Fact]
    public async Task Any_kept_version_of_a_deleted_object_can_be_chosen_also_by_its_deletion()
    {
        var first = await _server.GoodAsync("POST", ConfigMaps, Map("a", "1"));
        var second = await _server.GoodAsync("PUT", ConfigMaps + "/a", Map("a", "2"));
        await _server.GoodAsync("DELETE", ConfigMaps + "/a");
        var deleted = _server.Core.Store.Revision;

        Assert.Equal("1", (string?)(await _server.GoodAsync("POST", $"{ConfigMaps}/a/restore?resourceVersion={Version(first)}&dryRun=All", "{}"))["data"]!["k"]);
        Assert.Equal(404, (await _server.SendAsync("GET", ConfigMaps + "/a")).Code);
        var back = await _server.GoodAsync("POST", $"{ConfigMaps}/a/restore?resourceVersion={deleted}");
        Assert.Equal(("2", Version(second)), ((string?)back["data"]!["k"], (string?)back["metadata"]!["annotations"]![Annotation]));
    }

    [Fact]
    public async Task A_service_has_its_address_again_if_that_is_free_and_another_if_not()
    {
        var made = await _server.GoodAsync("POST", Services, Service("web", "NodePort"));
        var (address, port) = ((string)made["spec"]!["clusterIP"]!, (int)made["spec"]!["ports"]![0]!["nodePort"]!);
        await _server.GoodAsync("DELETE", Services + "/web");
        var back = await _server.GoodAsync("POST", Services + "/web/restore", "{}");
        Assert.Equal((address, port), ((string?)back["spec"]!["clusterIP"], (int)back["spec"]!["ports"]![0]!["nodePort"]!));

        await _server.GoodAsync("DELETE", Services + "/web");
        await _server.GoodAsync("POST", Services, Service("thief", "NodePort", $$""","clusterIP":"{{address}}" """, $$""","nodePort":{{port}}"""));
        using var answer = await _server.AskAsync("POST", Services + "/web/restore", "{}");
        var other = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Ct))!;
        Assert.Equal(201, (int)answer.StatusCode);
        Assert.NotEqual(address, (string?)other["spec"]!["clusterIP"]);
        Assert.Equal((string?)other["spec"]!["clusterIP"], (string?)other["spec"]!["clusterIPs"]![0]);
        Assert.NotEqual(port, (int)other["spec"]!["ports"]![0]!["nodePort"]!);
        Assert.Equal(
            [
                $"299 - \"spec.clusterIP: {address} cannot be had again (provided IP is already allocated); the service has another\"",
                $"299 - \"spec.ports[0].nodePort: {port} cannot be had again (provided port is already allocated); the service has another\"",
            ],
            answer.Headers.GetValues("Warning"));
    }

    [Fact]
    public async Task Owners_that_are_gone_and_finalizers_are_dropped_with_a_warning()
    {
        var living = await _server.GoodAsync("POST", ConfigMaps, Map("living", "x"));
        var doomed = await _server.GoodAsync("POST", ConfigMaps, Map("doomed", "x"));
        await _server.GoodAsync("POST", ConfigMaps, Map("a", "1", $$""","finalizers":["example.com/hold"],"ownerReferences":[{{Owner(living)}},{{Owner(doomed)}}]"""));
        await _server.GoodAsync("DELETE", ConfigMaps + "/a");
        await _server.GoodAsync("PATCH", ConfigMaps + "/a", """{"metadata":{"finalizers":null}}""", "application/merge-patch+json");
        await _server.GoodAsync("DELETE", ConfigMaps + "/doomed");
        await _server.GoodAsync("POST", ConfigMaps, Map("doomed", "another of that name"));
        var history = await _server.GoodAsync("GET", ConfigMaps + "/a/history");
        var born = (string)history["items"]!.AsArray()[^1]!["metadata"]!["resourceVersion"]!;

        using var answer = await _server.AskAsync("POST", $"{ConfigMaps}/a/restore?resourceVersion={born}", "{}");
        var back = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Ct))!;
        Assert.Equal(["living"], back["metadata"]!["ownerReferences"]!.AsArray().Select(o => (string?)o!["name"]));
        Assert.Null(back["metadata"]!["finalizers"]);
        Assert.Equal(
            [
                "299 - \"metadata.finalizers: example.com/hold not restored\"",
                $"299 - \"metadata.ownerReferences: ConfigMap \\\"doomed\\\" with uid {doomed["metadata"]!["uid"]} is gone and no longer an owner\"",
            ],
            answer.Headers.GetValues("Warning"));
        Assert.Null((await _server.GoodAsync("GET", ConfigMaps + "/a"))["metadata"]!["deletionTimestamp"]);

        static string Owner(JsonNode map) => $$"""{"apiVersion":"v1","kind":"ConfigMap","name":"{{map["metadata"]!["name"]}}","uid":"{{map["metadata"]!["uid"]}}"}""";
    }

    [Fact]
    public async Task Admission_validation_and_quota_decide_as_for_any_other_write()
    {
        await _server.GoodAsync("POST", ConfigMaps, Map("a", "1"));
        await _server.GoodAsync("DELETE", ConfigMaps + "/a");
        await _server.GoodAsync("POST", "/api/v1/namespaces/demo/resourcequotas", """{"metadata":{"name":"none"},"spec":{"hard":{"count/configmaps":"0"}}}""");
        await _server.GoodAsync("PATCH", "/api/v1/namespaces/demo/resourcequotas/none/status", """{"status":{"hard":{"count/configmaps":"0"},"used":{"count/configmaps":"0"}}}""", "application/merge-patch+json");
        var (code, refused) = await _server.SendAsync("POST", ConfigMaps + "/a/restore", "{}");
        Assert.True(code == 403 && ((string)refused["message"]!).Contains("exceeded quota: none", StringComparison.Ordinal), refused.ToJsonString());

        var old = await _server.GoodAsync("POST", "/api/v1/namespaces/demo/secrets", """{"metadata":{"name":"s"},"data":{"k":"dg=="}}""");
        await _server.GoodAsync("PATCH", "/api/v1/namespaces/demo/secrets/s", """{"immutable":true,"data":{"k":"dw=="}}""", "application/merge-patch+json");
        Assert.Equal(422, (await _server.SendAsync("POST", $"/api/v1/namespaces/demo/secrets/s/restore?resourceVersion={Version(old)}", "{}")).Code);
    }

    [Fact]
    public async Task Nothing_is_restored_into_a_namespace_that_goes_and_a_namespace_can_be_restored()
    {
        await _server.GoodAsync("POST", "/api/v1/namespaces", """{"metadata":{"name":"team","labels":{"a":"b"}}}""");
        await _server.GoodAsync("POST", "/api/v1/namespaces/team/configmaps", Map("a", "1"));
        await _server.GoodAsync("DELETE", "/api/v1/namespaces/team/configmaps/a");
        await _server.GoodAsync("DELETE", "/api/v1/namespaces/team");
        var (code, refused) = await _server.SendAsync("POST", "/api/v1/namespaces/team/configmaps/a/restore", "{}");
        Assert.Equal((403, true), (code, ((string)refused["message"]!).Contains("because it is being terminated", StringComparison.Ordinal)));

        await _server.GoodAsync("PUT", "/api/v1/namespaces/team/finalize", """{"metadata":{"name":"team"},"spec":{"finalizers":[]}}""");
        Assert.Equal(404, (await _server.SendAsync("POST", "/api/v1/namespaces/team/configmaps/a/restore", "{}")).Code);
        var back = await _server.GoodAsync("POST", "/api/v1/namespaces/team/restore", "{}");
        Assert.Equal(("b", "Active"), ((string?)back["metadata"]!["labels"]!["a"], (string?)back["status"]!["phase"]));
        Assert.Equal("deleted", (string?)(await _server.GoodAsync("GET", "/api/v1/namespaces/team/history"))["items"]![1]!["verb"]);
        Assert.Equal("1", (string?)(await _server.GoodAsync("POST", "/api/v1/namespaces/team/configmaps/a/restore", "{}"))["data"]!["k"]);
    }

    [Fact]
    public async Task A_job_gets_a_selector_of_its_own_and_a_pod_a_node()
    {
        const string Jobs = "/apis/batch/v1/namespaces/demo/jobs";
        const string Pod = """{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}""";
        var made = await _server.GoodAsync("POST", Jobs, $$$"""{"metadata":{"name":"j"},"spec":{"template":{"spec":{{{Pod}}} } } }""");
        await _server.GoodAsync("DELETE", Jobs + "/j?propagationPolicy=Background");
        var back = await _server.GoodAsync("POST", Jobs + "/j/restore", "{}");
        var uid = (string)back["metadata"]!["uid"]!;
        Assert.NotEqual((string?)made["metadata"]!["uid"], uid);
        Assert.Equal((uid, uid), ((string?)back["spec"]!["selector"]!["matchLabels"]!["batch.kubernetes.io/controller-uid"], (string?)back["spec"]!["template"]!["metadata"]!["labels"]!["controller-uid"]));

        await _server.GoodAsync("POST", "/api/v1/namespaces/demo/serviceaccounts", """{"metadata":{"name":"default"}}""");
        const string Pods = "/api/v1/namespaces/demo/pods";
        await _server.GoodAsync("POST", Pods, $$"""{"metadata":{"name":"p"},"spec":{{Pod}} }""");
        await _server.GoodAsync("POST", Pods + "/p/binding", """{"metadata":{"name":"p"},"target":{"kind":"Node","name":"n1"}}""");
        await _server.GoodAsync("DELETE", Pods + "/p?gracePeriodSeconds=0");
        var pod = await _server.GoodAsync("POST", Pods + "/p/restore", "{}");
        Assert.Equal((null, "Pending"), ((string?)pod["spec"]!["nodeName"], (string?)pod["status"]!["phase"]));
    }

    [Fact]
    public async Task Custom_resources_have_a_past_too_and_are_shown_in_the_version_asked_for()
    {
        const string Widgets = "/apis/example.com/v1/namespaces/demo/widgets";
        await _server.DefineAsync(LifeTests.Definition());
        var first = await _server.GoodAsync("POST", Widgets, LifeTests.Widget("a", """{"size":1}"""));
        await _server.GoodAsync("PATCH", Widgets + "/a", """{"spec":{"size":2}}""", "application/merge-patch+json");
        await _server.GoodAsync("DELETE", Widgets + "/a");

        var definition = await _server.GoodAsync("GET", CustomServer.Definitions + "/widgets.example.com");
        var versions = definition["spec"]!["versions"]!.AsArray();
        var next = (JsonObject)versions[0]!.DeepClone();
        next["name"] = "v2";
        next["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!["properties"]!["more"] = new JsonObject { ["type"] = "string", ["default"] = "new" };
        versions[0]!["storage"] = false;
        versions.Add((JsonNode)next);
        await _server.GoodAsync("PUT", CustomServer.Definitions + "/widgets.example.com", definition.ToJsonString());
        const string Later = "/apis/example.com/v2/namespaces/demo/widgets";
        await _server.UntilAsync(Later, (code, _) => code == 200);

        var old = await _server.GoodAsync("GET", $"{Later}/a?resourceVersion={Version(first)}&resourceVersionMatch=Exact");
        Assert.Equal(("example.com/v2", 1), ((string?)old["apiVersion"], (int)old["spec"]!["size"]!));
        Assert.Equal(["a"], (await _server.GoodAsync("GET", Later + "?deleted=true&includeObject=Object"))["items"]!.AsArray().Select(i => (string?)i!["object"]!["metadata"]!["name"]));
        var back = await _server.GoodAsync("POST", Later + "/a/restore", "{}");
        Assert.Equal(("example.com/v2", 2, "new"), ((string?)back["apiVersion"], (int)back["spec"]!["size"]!, (string?)back["spec"]!["more"]));
        back = await _server.GoodAsync("POST", $"{Widgets}/a/restore?resourceVersion={Version(first)}", "{}");
        Assert.Equal(("example.com/v1", 1), ((string?)back["apiVersion"], (int)back["spec"]!["size"]!));
    }

    [Fact]
    public async Task What_is_not_kept_never_was_or_makes_no_sense_is_refused()
    {
        await _server.GoodAsync("POST", ConfigMaps, Map("a", "1"));
        await _server.GoodAsync("DELETE", ConfigMaps + "/a");
        await _server.GoodAsync("POST", ConfigMaps, Map("b", "1"));
        var revision = _server.Core.Store.Revision;
        foreach (var (path, body, code) in new[]
        {
            ("/never/restore", "{}", 404),
            ("/b/restore?resourceVersion=" + (revision - 1), "{}", 404),
            ("/a/restore?resourceVersion=abc", "{}", 400),
            ("/a/restore", """{"resourceVersion":17}""", 400),
            ("/a/restore", "{\"resourceVersion\":", 400),
            ("/a/restore", "[]", 400),
            ("/a/restore", """{"kind":"ConfigMap"}""", 400),
            ("/a/restore?resourceVersion=3", """{"resourceVersion":"4"}""", 400),
            ("/a/restore?fieldValidation=Strict", """{"resourceversion":"4"}""", 400),
            ("/a/restore?dryRun=Some", "{}", 422),
            ("/a/restore/more", "{}", 404),
        })
        {
            var (status, answer) = await _server.SendAsync("POST", ConfigMaps + path, body);
            Assert.True(status == code, $"{path} {body}: {status} {answer.ToJsonString()}");
        }

        foreach (var (method, path) in new[] { ("GET", "/a/restore"), ("PUT", "/a/restore"), ("POST", "/a/history"), ("DELETE", "/a/history") })
            Assert.Equal(405, (await _server.SendAsync(method, ConfigMaps + path, method == "GET" ? null : "{}")).Code);
        Assert.Equal(404, (await _server.SendAsync("GET", "/api/v1/configmaps/a/history")).Code);
        Assert.Equal(404, (await _server.SendAsync("GET", "/api/v1/namespaces/demo/nodes/a/history")).Code);
        Assert.Equal(415, (await _server.SendAsync("POST", ConfigMaps + "/a/restore", "x", "text/plain")).Code);

        await _server.Core.Store.CompactAsync(revision, Ct);
        Assert.Equal(404, (await _server.SendAsync("POST", ConfigMaps + "/a/restore", "{}")).Code);
        Assert.Equal(410, (await _server.SendAsync("POST", ConfigMaps + "/a/restore?resourceVersion=3", "{}")).Code);
    }

    [Fact]
    public async Task The_past_is_there_after_a_restart_of_the_server()
    {
        var store = new MemoryStore();
        await using (var first = await CustomServer.StartAsync(store))
        {
            await first.GoodAsync("POST", ConfigMaps, Map("a", "1"));
            await first.GoodAsync("DELETE", ConfigMaps + "/a");
        }

        await using var second = await CustomServer.StartAsync(store);
        Assert.Equal("1", (string?)(await second.GoodAsync("POST", ConfigMaps + "/a/restore", "{}"))["data"]!["k"]);
    }

    private static string? Version(JsonNode obj) => (string?)obj["metadata"]!["resourceVersion"];

    private static string Map(string name, string value, string more = "") => $$"""{"metadata":{"name":"{{name}}"{{more}} },"data":{"k":"{{value}}"} }""";

    private static string Deployment(string name, int replicas) =>
        $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"replicas":{{{replicas}}},"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"i"}] } } } }""";

    private static string Service(string name, string type, string more = "", string port = "") =>
        $$"""{"metadata":{"name":"{{name}}"},"spec":{"type":"{{type}}","selector":{"app":"x"}{{more}},"ports":[{"port":80{{port}} }]} }""";
}
