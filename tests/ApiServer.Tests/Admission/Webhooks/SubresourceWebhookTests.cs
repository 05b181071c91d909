using System.Text.Json.Nodes;
using KubeSharp.Objects.AdmissionregistrationV1;
using KubeSharp.Objects.AppsV1;
using static KubeSharp.ApiServer.Tests.Admission.Webhooks.TestWebhook;
using static KubeSharp.ApiServer.Tests.Admission.Webhooks.WebhookTests;

namespace KubeSharp.ApiServer.Tests.Admission.Webhooks;

/// <summary>Subresources as webhooks see them: each by its own body, and once.</summary>
public sealed class SubresourceWebhookTests : IAsyncLifetime
{
    private const string Pods = "/api/v1/namespaces/demo/pods/";
    private WholeServer _server = null!;
    private TestServer _core = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await WholeServer.StartAsync();
        _core = _server.Core;
        await _core.CreateAsync(PodAdmissionTests.Account("default"));
        await _core.CreateAsync(PodAdmissionTests.Pod("p"));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_scale_is_seen_and_changed_as_a_scale()
    {
        await _core.CreateAsync(new Deployment
        {
            Metadata = new() { Name = "d", Namespace = "demo" },
            Spec = new() { Replicas = 1, Selector = new() { MatchLabels = Map(("app", "web")) }, Template = new() { Metadata = new() { Labels = Map(("app", "web")) }, Spec = PodAdmissionTests.Pod("p").Spec } },
        });
        await using var hook = await TestWebhook.StartAsync(q => (int)q["object"]!["spec"]!["replicas"]! > 5 ? Patch("""[{"op":"replace","path":"/spec/replicas","value":5}]""") : Allow());
        await _core.CreateAsync(Mutating("m", hook.Url(), new RuleWithOperations { Operations = ["*"], ApiGroups = ["apps"], ApiVersions = ["*"], Resources = ["*/scale"] }));

        await SendAsync("PATCH", "/apis/apps/v1/namespaces/demo/deployments/d/scale", """{"spec":{"replicas":9}}""", "application/merge-patch+json");
        Assert.Equal(5, (await _core.GetAsync<Deployment>("d")).Spec.Replicas);
        var request = Assert.Single(hook.Asked).Request;
        Assert.Equal(
            ("UPDATE", "Scale", "autoscaling", "deployments", "scale", 1),
            ((string?)request["operation"], (string?)request["kind"]!["kind"], (string?)request["kind"]!["group"], (string?)request["resource"]!["resource"], (string?)request["subResource"], (int)request["oldObject"]!["spec"]!["replicas"]!));
    }

    [Fact]
    public async Task Bindings_and_evictions_are_creates_of_their_own_and_no_writes_of_the_pod()
    {
        await using var hook = await TestWebhook.StartAsync(_ => Allow());
        await _core.CreateAsync(Validating(hook.Url(), Rule(["*"], "pods/*", "pods")));
        await SendAsync("POST", Pods + "p/binding", """{"apiVersion":"v1","kind":"Binding","metadata":{"name":"p"},"target":{"kind":"Node","name":"n"}}""");
        await SendAsync("POST", Pods + "p/eviction", """{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"p"}}""");
        Assert.Equal(["CREATE Binding binding", "CREATE Eviction eviction"], hook.Asked.Select(a => $"{a.Request["operation"]} {a.Request["object"]!["kind"]} {a.Request["subResource"]}"));
    }

    [Fact]
    public async Task An_exec_is_refused_before_it_reaches_the_node()
    {
        await using var hook = await TestWebhook.StartAsync(_ => new() { ["allowed"] = false, ["status"] = new JsonObject { ["message"] = "no shells here" } });
        await _core.CreateAsync(Validating(hook.Url(), Rule(["CONNECT"], "pods/exec", "pods/portforward")));
        var (code, body) = await SendAsync("POST", Pods + "p/exec?container=c&stdin=true&tty=true&command=sh&command=-c", null);
        Assert.Equal((400, "admission webhook \"hook.example.com\" denied the request: no shells here"), (code, (string?)body["message"]));
        var request = Assert.Single(hook.Asked).Request;
        Assert.Equal("""{"kind":"PodExecOptions","apiVersion":"v1","stdin":true,"tty":true,"container":"c","command":["sh","-c"]}""", request["object"]!.ToJsonString());
        Assert.Equal(("CONNECT", "PodExecOptions", "p"), ((string?)request["operation"], (string?)request["kind"]!["kind"], (string?)request["name"]));

        (code, _) = await SendAsync("POST", Pods + "p/attach", null);
        Assert.Equal(400, code); // the pod has no node; no webhook was asked
        Assert.Single(hook.Asked);
    }

    private Task<(int Code, JsonNode Body)> SendAsync(string method, string path, string? body, string type = "application/json") => _server.SendAsync(method, path, body, type);

    private static Dictionary<string, string> Map(params (string Key, string Value)[] labels) => labels.ToDictionary(l => l.Key, l => l.Value);
}
