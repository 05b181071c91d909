using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.Objects.AdmissionregistrationV1;
using KubeSharp.Objects.DiscoveryV1;
using static KubeSharp.ApiServer.Tests.Admission.Webhooks.TestWebhook;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Admission.Webhooks;

public sealed class WebhookTests
{
    [Fact]
    public async Task A_webhook_is_asked_about_what_its_rules_name_and_told_all_there_is_to_know()
    {
        await using var server = await StartAsync();
        await using var hook = await TestWebhook.StartAsync(_ => Allow());
        await server.CreateAsync(Validating(hook.Url(), Rule(["*"], "configmaps")));

        var user = new WriteOptions(new Identity("jane", ["dev", Identity.Authenticated]) { Uid = "42" }) { FieldManager = "kubectl" };
        await server.Verbs.CreateAsync(server.ConfigMaps, ConfigMap("a", ("k", "v")), user, Ct);
        await server.PatchAsync<ConfigMap>("a", "application/merge-patch+json", """{"data":{"k":"w"}}""");
        await server.DeleteAsync<ConfigMap>("a");
        await server.CreateAsync(new Namespace { Metadata = new() { Name = "other" } });

        Assert.Equal(["CREATE", "UPDATE", "DELETE"], hook.Asked.Select(a => (string)a.Request["operation"]!));
        Assert.All(hook.Asked, a => Assert.Equal("/review?timeout=10s", a.Path));
        var (create, update, delete) = (hook.Asked.ElementAt(0).Request, hook.Asked.ElementAt(1).Request, hook.Asked.ElementAt(2).Request);
        Assert.Equal(
            """{"group":"","version":"v1","kind":"ConfigMap"} {"group":"","version":"v1","resource":"configmaps"} a demo jane ["dev","system:authenticated"] 42 false""",
            $"{create["kind"]!.ToJsonString()} {create["resource"]!.ToJsonString()} {create["name"]} {create["namespace"]} {create["userInfo"]!["username"]} {create["userInfo"]!["groups"]!.ToJsonString()} {create["userInfo"]!["uid"]} {create["dryRun"]!.ToJsonString()}");
        Assert.Equal(("ConfigMap", "v1", "v"), ((string?)create["object"]!["kind"], (string?)create["object"]!["apiVersion"], (string?)create["object"]!["data"]!["k"]));
        Assert.Null(create["oldObject"]);
        Assert.Equal(("CreateOptions", "kubectl"), ((string?)create["options"]!["kind"], (string?)create["options"]!["fieldManager"]));
        Assert.Equal(("w", "v"), ((string?)update["object"]!["data"]!["k"], (string?)update["oldObject"]!["data"]!["k"]));
        Assert.Null(delete["object"]);
        Assert.Equal(("w", "DeleteOptions"), ((string?)delete["oldObject"]!["data"]!["k"], (string?)delete["options"]!["kind"]));
    }

    [Fact]
    public async Task A_refusal_is_told_in_upstreams_words_with_the_webhooks_own_code()
    {
        await using var server = await StartAsync();
        await using var hook = await TestWebhook.StartAsync(q => (string?)q["name"] == "a"
            ? new() { ["allowed"] = false, ["status"] = new JsonObject { ["code"] = 403, ["reason"] = "Forbidden", ["message"] = "not today" } }
            : new() { ["allowed"] = false });
        await server.CreateAsync(Validating(hook.Url(), Rule(["CREATE"], "configmaps")));

        var e = await FailsAsync(() => server.CreateAsync(ConfigMap("a")));
        Assert.Equal((403, "Forbidden", "admission webhook \"hook.example.com\" denied the request: not today"), (e.Code, e.Reason, e.Message));
        e = await FailsAsync(() => server.CreateAsync(ConfigMap("b")));
        Assert.Equal((400, "admission webhook \"hook.example.com\" denied the request without explanation"), (e.Code, e.Message));
    }

    [Fact]
    public async Task A_patch_is_applied_defaulted_and_validated_and_the_next_webhook_sees_it()
    {
        await using var server = await StartAsync();
        await server.CreateAsync(PodAdmissionTests.Account("default"));
        await using var hook = await TestWebhook.StartAsync(q => (string?)q["object"]!["metadata"]!["name"] == "bad"
            ? Patch("""[{"op":"replace","path":"/spec/containers/0/name","value":"No Name"}]""")
            : q["object"]!["metadata"]!["annotations"]?["a"] is null
                ? Patch("""[{"op":"add","path":"/metadata/annotations","value":{"a":"1"}},{"op":"add","path":"/spec/containers/-","value":{"name":"side","image":"i:1"}}]""")
                : Patch("""[{"op":"add","path":"/metadata/annotations/b","value":"2"}]"""));
        await server.CreateAsync(Mutating("z-second", hook.Url("/second"), Rule(["CREATE"], "pods")));
        await server.CreateAsync(Mutating("a-first", hook.Url("/first"), Rule(["CREATE"], "pods")));

        var pod = await server.CreateAsync(PodAdmissionTests.Pod("p"));
        Assert.Equal(["/first?timeout=10s", "/second?timeout=10s"], hook.Asked.Select(a => a.Path));
        Assert.Equal(("1", "2"), (pod.Metadata.Annotations["a"], pod.Metadata.Annotations["b"]));
        var side = pod.Spec.Containers.Single(c => c.Name == "side");
        Assert.Equal(("IfNotPresent", "/dev/termination-log"), (side.ImagePullPolicy, side.TerminationMessagePath));
        // The built-in rules looked again: the new container too has the account's token.
        Assert.Contains(side.VolumeMounts, m => m.MountPath == "/var/run/secrets/kubernetes.io/serviceaccount");

        var e = await FailsAsync(() => server.CreateAsync(PodAdmissionTests.Pod("bad")));
        Assert.Equal(422, e.Code);
        Assert.Contains("spec.containers[0].name: Invalid value: \"No Name\"", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_wants_it_is_asked_again_when_a_later_webhook_changed_the_object()
    {
        await using var server = await StartAsync();
        await using var hook = await TestWebhook.StartAsync((context, q) => WriteAsync(context, new()
        {
            ["apiVersion"] = "admission.k8s.io/v1",
            ["kind"] = "AdmissionReview",
            ["response"] = With(context.Request.Path == "/changes" ? Patch("""[{"op":"add","path":"/data","value":{"late":"yes"}}]""") : Allow(), q),
        }));
        await server.CreateAsync(Mutating("a", hook.Url("/never"), Rule(["CREATE"], "configmaps")));
        await server.CreateAsync(WithHook(Mutating("b", hook.Url("/again"), Rule(["CREATE"], "configmaps")), h => h with { ReinvocationPolicy = "IfNeeded" }));
        await server.CreateAsync(Mutating("c", hook.Url("/changes"), Rule(["CREATE"], "configmaps")));

        await server.CreateAsync(ConfigMap("a"));
        Assert.Equal(["/never", "/again", "/changes", "/again"], hook.Asked.Select(a => a.Path.Split('?')[0]));
        Assert.Equal("yes", (string?)hook.Asked.Last().Request["object"]!["data"]!["late"]);

        static JsonObject With(JsonObject response, JsonNode question)
        {
            response["uid"] = question["uid"]?.DeepClone();
            return response;
        }
    }

    [Fact]
    public async Task Selectors_choose_by_namespace_and_by_old_or_new_labels()
    {
        await using var server = await StartAsync();
        await using var hook = await TestWebhook.StartAsync(_ => Allow());
        await server.CreateAsync(new Namespace { Metadata = new() { Name = "quiet", Labels = Labels(("quiet", "yes")) } });
        await server.CreateAsync(WithHook(Validating(hook.Url(), Rule(["CREATE", "UPDATE"], "configmaps")), h => h with
        {
            NamespaceSelector = new() { MatchExpressions = [new() { Key = "quiet", Operator = "DoesNotExist" }] },
            ObjectSelector = new() { MatchLabels = Labels(("watch", "me")) },
        }));

        await server.CreateAsync(ConfigMap("plain"));
        await server.CreateAsync(Watched(ConfigMap("q")) with { Metadata = new() { Name = "q", Namespace = "quiet", Labels = Labels(("watch", "me")) } });
        Assert.Empty(hook.Asked);
        var watched = await server.CreateAsync(Watched(ConfigMap("w")));
        await server.UpdateAsync(watched with { Metadata = watched.Metadata with { Labels = Labels() } });
        Assert.Equal(2, hook.Asked.Count);

        static ConfigMap Watched(ConfigMap map) => map with { Metadata = map.Metadata with { Labels = Labels(("watch", "me")) } };
    }

    [Fact]
    public async Task A_service_is_resolved_to_its_endpoint_and_its_certificate_must_be_the_services()
    {
        await using var server = await StartAsync();
        await using var hook = await TestWebhook.StartAsync(_ => Allow());
        await server.CreateAsync(Validating(hook.Service("/check"), Rule(["CREATE"], "configmaps")));

        var missing = await FailsAsync(() => server.CreateAsync(ConfigMap("a")));
        Assert.Equal((500, "Internal error occurred: failed calling webhook \"hook.example.com\": failed to call webhook: Post \"https://hook.demo.svc:443/check?timeout=10s\": service \"hook\" not found"), (missing.Code, missing.Message));

        await server.CreateAsync(new Service
        {
            Metadata = new() { Name = "hook", Namespace = "demo" },
            Spec = new() { Type = "ClusterIP", SessionAffinity = "None", Ports = [new() { Name = "https", Port = 443, Protocol = "TCP", TargetPort = 8443 }] },
        });
        Assert.EndsWith("no endpoints available for service \"hook\"", (await FailsAsync(() => server.CreateAsync(ConfigMap("a")))).Message, StringComparison.Ordinal);

        // Past validation, which rightly refuses loopback addresses.
        var slice = new EndpointSlice
        {
            Metadata = new() { Name = "hook-x", Namespace = "demo", Labels = Labels(("kubernetes.io/service-name", "hook")) },
            AddressType = "IPv4",
            Endpoints = [new() { Addresses = ["127.0.0.1"], Conditions = new() { Ready = true } }],
            Ports = [new() { Name = "https", Port = hook.Port, Protocol = "TCP" }],
        };
        await server.Store.TryPutAsync(server.Of<EndpointSlice>().StorageKey(ObjectKey.Of(slice)), Json.Encode(slice.WithTypeMeta()), 0, Ct);
        await server.GetAsync<EndpointSlice>("hook-x");
        await server.CreateAsync(ConfigMap("a"));
        Assert.Equal("/check?timeout=10s", Assert.Single(hook.Asked).Path);
    }

    [Fact]
    public async Task Nothing_stands_before_the_configuration_of_webhooks_itself()
    {
        await using var server = await StartAsync();
        await using var hook = await TestWebhook.StartAsync(_ => new() { ["allowed"] = false });
        await server.CreateAsync(Validating(hook.Url(), new RuleWithOperations { Operations = ["*"], ApiGroups = ["*"], ApiVersions = ["*"], Resources = ["*/*"] }));

        await server.DeleteAsync<ValidatingWebhookConfiguration>("hook");
        Assert.Empty(hook.Asked);
        await server.CreateAsync(ConfigMap("free"));
    }

    [Fact]
    public async Task An_equivalent_version_is_asked_about_in_the_version_of_the_rule()
    {
        await using var server = await StartAsync();
        await using var hook = await TestWebhook.StartAsync(_ => Allow());
        RuleWithOperations rule = new() { Operations = ["CREATE"], ApiGroups = ["autoscaling"], ApiVersions = ["v1"], Resources = ["horizontalpodautoscalers"] };
        await server.CreateAsync(Validating(hook.Url("/equivalent"), rule));
        await server.CreateAsync(WithHook(Validating(hook.Url("/exact"), rule), h => h with { MatchPolicy = "Exact" }) with { Metadata = new() { Name = "exact" } });

        await server.CreateAsync(new Objects.AutoscalingV2.HorizontalPodAutoscaler
        {
            Metadata = new() { Name = "h", Namespace = "demo" },
            Spec = new() { MaxReplicas = 3, ScaleTargetRef = new() { Kind = "Deployment", Name = "d", ApiVersion = "apps/v1" }, Metrics = [new() { Type = "Resource", Resource = new() { Name = "cpu", Target = new() { Type = "Utilization", AverageUtilization = 50 } } }] },
        });
        var (path, request) = Assert.Single(hook.Asked);
        Assert.Equal("/equivalent?timeout=10s", path);
        Assert.Equal(("v1", "v2", 50, "autoscaling/v1"), ((string?)request["kind"]!["version"], (string?)request["requestKind"]!["version"], (int)request["object"]!["spec"]!["targetCPUUtilizationPercentage"]!, (string?)request["object"]!["apiVersion"]));
    }

    [Fact]
    public async Task Warnings_and_audit_annotations_go_with_the_request_and_the_hook_hears_of_a_dry_run()
    {
        await using var server = await StartAsync();
        await using var hook = await TestWebhook.StartAsync(_ => new() { ["allowed"] = true, ["warnings"] = new JsonArray("mind the gap"), ["auditAnnotations"] = new JsonObject { ["why"] = "because" } });
        await server.CreateAsync(WithHook(Validating(hook.Url(), Rule(["CREATE"], "configmaps")), h => h with { SideEffects = "None" }));
        var warnings = new List<string>();
        var options = Admin with { Warn = warnings.Add, IsDryRun = true, AuditAnnotations = new Dictionary<string, string>() };
        await server.Verbs.CreateAsync(server.ConfigMaps, ConfigMap("a"), options, Ct);
        Assert.Equal("mind the gap", Assert.Single(warnings));
        Assert.Equal("because", options.AuditAnnotations["hook.example.com/why"]);
        Assert.True((bool)hook.Asked.Single().Request["dryRun"]!);
    }

    internal static RuleWithOperations Rule(string[] operations, params string[] resources) =>
        new() { Operations = operations, ApiGroups = [""], ApiVersions = ["v1"], Resources = resources };

    internal static ValidatingWebhookConfiguration Validating(WebhookClientConfig target, params RuleWithOperations[] rules) => new()
    {
        Metadata = new() { Name = "hook" },
        Webhooks = [new() { Name = "hook.example.com", ClientConfig = target, Rules = rules, SideEffects = "None", AdmissionReviewVersions = ["v1"], FailurePolicy = "Fail", TimeoutSeconds = 10 }],
    };

    internal static MutatingWebhookConfiguration Mutating(string name, WebhookClientConfig target, params RuleWithOperations[] rules) => new()
    {
        Metadata = new() { Name = name },
        Webhooks = [new() { Name = name + ".example.com", ClientConfig = target, Rules = rules, SideEffects = "None", AdmissionReviewVersions = ["v1"], FailurePolicy = "Fail", TimeoutSeconds = 10 }],
    };

    internal static ValidatingWebhookConfiguration WithHook(ValidatingWebhookConfiguration configuration, Func<ValidatingWebhook, ValidatingWebhook> change) =>
        configuration with { Webhooks = [.. configuration.Webhooks.Select(change)] };

    internal static MutatingWebhookConfiguration WithHook(MutatingWebhookConfiguration configuration, Func<MutatingWebhook, MutatingWebhook> change) =>
        configuration with { Webhooks = [.. configuration.Webhooks.Select(change)] };

    private static Dictionary<string, string> Labels(params (string Key, string Value)[] labels) => labels.ToDictionary(l => l.Key, l => l.Value);
}
