using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Tests.Http;

/// <summary>The HTTP face over the real core: what a client sees of the whole server.</summary>
public sealed class WholeTests : IAsyncLifetime
{
    private const string Deployments = "/apis/apps/v1/namespaces/demo/deployments";
    private WholeServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await WholeServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("\"kind\":\"Deployment\",")]
    [InlineData("\"apiVersion\":\"apps/v1\",")]
    public async Task A_body_may_leave_out_what_the_path_says(string type)
    {
        var body = "{" + type + """ "metadata":{"name":"web"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""";
        var (_, made) = await _server.SendAsync("POST", Deployments, body);
        var (_, again) = await _server.SendAsync("PUT", Deployments + "/web", body);
        Assert.Equal(((string?)made["metadata"]!["resourceVersion"], 1), ((string?)again["metadata"]!["resourceVersion"], (int)again["metadata"]!["generation"]!));
        var text = await _server.Client.GetStringAsync(new Uri(Deployments + "/web", UriKind.Relative), Ct);
        Assert.StartsWith("{\"kind\":\"Deployment\",\"apiVersion\":\"apps/v1\",\"metadata\":", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_default_in_a_custom_resources_schema_may_be_of_any_type()
    {
        const string Group = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.";
        var (_, document) = await _server.SendAsync("GET", "/openapi/v2");
        var schemas = document["definitions"]!;
        Assert.Equal("#/definitions/" + Group + "JSON", (string?)schemas[Group + "JSONSchemaProps"]!["properties"]!["default"]!["$ref"]);
        foreach (var name in new[] { "JSON", "JSONSchemaPropsOrArray", "JSONSchemaPropsOrBool", "JSONSchemaPropsOrStringArray" })
            Assert.Null(schemas[Group + name]!["type"]);
        Assert.Equal("object", (string?)schemas["io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1"]!["type"]);
    }

    [Fact]
    public async Task An_old_kubectl_may_evict_in_the_version_it_knows()
    {
        const string Pods = "/api/v1/namespaces/demo/pods";
        await _server.SendAsync("POST", "/api/v1/namespaces/demo/serviceaccounts", """{"metadata":{"name":"default"}}""");
        await _server.SendAsync("POST", Pods, """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}}""");
        var (code, answer) = await _server.SendAsync("POST", Pods + "/p/eviction", """{"apiVersion":"policy/v1beta1","kind":"Eviction","metadata":{"name":"p"}}""");
        Assert.True(code == 201, answer.ToJsonString());
        (code, _) = await _server.SendAsync("GET", Pods + "/p");
        Assert.Equal(404, code);
    }

    [Fact]
    public async Task Component_statuses_tell_of_the_store()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/componentstatuses");
        request.Headers.TryAddWithoutValidation("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io");
        using var response = await _server.Client.SendAsync(request, Ct);
        var table = JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!;
        Assert.Equal(["Name", "Status", "Message", "Error"], table["columnDefinitions"]!.AsArray().Select(c => (string?)c!["name"]));
        Assert.Equal("""["etcd-0","Healthy","ok",""]""", table["rows"]![0]!["cells"]!.ToJsonString());
        Assert.Equal(["299 - \"v1 ComponentStatus is deprecated in v1.19+\""], response.Headers.GetValues("Warning"));

        var (_, one) = await _server.SendAsync("GET", "/api/v1/componentstatuses/etcd-0");
        Assert.Equal("""{"kind":"ComponentStatus","apiVersion":"v1","metadata":{"name":"etcd-0"},"conditions":[{"type":"Healthy","status":"True","message":"ok"}]}""", one.ToJsonString());
        var (code, _) = await _server.SendAsync("GET", "/api/v1/componentstatuses/nothing");
        Assert.Equal(404, code);
    }

    [Fact]
    public async Task A_deployment_lives_its_life()
    {
        using var watch = await _server.Client.GetAsync(new Uri(Deployments + "?watch=1", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Ct);
        using var events = new StreamReader(await watch.Content.ReadAsStreamAsync(Ct));

        var (code, created) = await _server.SendAsync("POST", Deployments, """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"replicas":2,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""");
        Assert.True(code == 201, created.ToJsonString());
        Assert.Equal("ADDED", await NextAsync(events));

        (_, var scale) = await _server.SendAsync("GET", Deployments + "/web/scale");
        Assert.Equal((2, "Scale", "autoscaling/v1"), ((int)scale["spec"]!["replicas"]!, (string?)scale["kind"], (string?)scale["apiVersion"]));
        (code, var scaled) = await _server.SendAsync("PATCH", Deployments + "/web/scale", """{"spec":{"replicas":5}}""", "application/merge-patch+json");
        Assert.True(code == 200, scaled.ToJsonString());
        Assert.Equal("MODIFIED", await NextAsync(events));

        (_, var list) = await _server.SendAsync("GET", Deployments + "?labelSelector=none&limit=5");
        Assert.Empty(list["items"]!.AsArray());
        (_, list) = await _server.SendAsync("GET", "/apis/apps/v1/deployments?fieldSelector=metadata.name%3Dweb");
        Assert.Equal(5, (int)list["items"]![0]!["spec"]!["replicas"]!);

        (code, var gone) = await _server.SendAsync("DELETE", Deployments + "/web");
        Assert.Equal((200, "Success"), (code, (string?)gone["status"]));
        Assert.Equal("DELETED", await NextAsync(events));
        (code, _) = await _server.SendAsync("GET", Deployments + "/web");
        Assert.Equal(404, code);
    }

    [Fact]
    public async Task A_token_of_a_service_account_is_a_credential_that_may_little()
    {
        await _server.SendAsync("POST", "/api/v1/namespaces/demo/serviceaccounts", """{"metadata":{"name":"robot"}}""");
        var (code, issued) = await _server.SendAsync("POST", "/api/v1/namespaces/demo/serviceaccounts/robot/token", """{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"expirationSeconds":3600}}""");
        Assert.True(code == 201, issued.ToJsonString());

        var bearer = new Dictionary<string, string> { ["Authorization"] = $"Bearer {issued["status"]!["token"]}" };
        Assert.Equal(403, (await _server.RawAsync("GET", "/api/v1/namespaces/demo/secrets", "", [], bearer, user: null)).Code);

        (code, var review) = await _server.SendAsync("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", """{"spec":{"resourceAttributes":{"verb":"list","resource":"pods"}}}""");
        Assert.Equal((201, true, "SelfSubjectAccessReview"), (code, (bool)review["status"]!["allowed"]!, (string?)review["kind"]));
    }

    [Theory]
    [InlineData("application/json;as=Table;v=v1;g=meta.k8s.io", 406, "Status")]
    [InlineData("application/json;as=Table;v=v1;g=meta.k8s.io,application/json", 201, "SelfSubjectAccessReview")]
    public async Task A_review_is_no_table(string accept, int code, string kind)
    {
        var (status, answer) = await _server.SendAsync("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", """{"spec":{"nonResourceAttributes":{"verb":"get","path":"/"}}}""", accept: accept);
        Assert.Equal((code, kind), (status, (string?)answer["kind"]));
    }

    private static async Task<string?> NextAsync(StreamReader events) => (string?)JsonNode.Parse((await events.ReadLineAsync(Ct))!)!["type"];
}
