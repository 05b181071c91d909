using System.Text;
using KubeSharp.ApiServer.Tests.Admission.Webhooks;
using KubeSharp.Objects.AdmissionregistrationV1;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Admission.Policies;

public sealed class MutatingPolicyTests
{
    [Fact]
    public async Task An_apply_configuration_merges_by_the_keys_of_the_schema_and_is_defaulted()
    {
        await using var server = await StartAsync();
        await server.CreateAsync(PodAdmissionTests.Account("default"));
        await PolicyAsync(server, "p", "pods", """
            {"patchType":"ApplyConfiguration","applyConfiguration":{"expression":"Object{metadata: Object.metadata{labels: {'by': variables.who}}, spec: Object.spec{containers: [Object.spec.containers{name: 'c', env: [Object.spec.containers.env{name: 'MESH', value: 'on'}]}, Object.spec.containers{name: 'proxy', image: 'mesh:1'}]}}"}}
            """);
        var pod = await server.CreateAsync(PodAdmissionTests.Pod("p"));
        Assert.Equal(("admin", "web"), (pod.Metadata.Labels["by"], pod.Metadata.Labels["app"]));
        Assert.Equal(["c", "proxy"], pod.Spec.Containers.Select(c => c.Name));
        Assert.Equal(("i", "on"), (pod.Spec.Containers[0].Image, pod.Spec.Containers[0].Env.Single().Value));
        Assert.Equal("IfNotPresent", pod.Spec.Containers[1].ImagePullPolicy);
        // The built-in rules looked at the sidecar too.
        Assert.Contains(pod.Spec.Containers[1].VolumeMounts, m => m.MountPath == "/var/run/secrets/kubernetes.io/serviceaccount");
    }

    [Fact]
    public async Task A_json_patch_is_applied_and_what_comes_after_it_sees_the_result()
    {
        await using var server = await StartAsync();
        await using var hook = await TestWebhook.StartAsync(_ => TestWebhook.Allow());
        await server.CreateAsync(WebhookTests.Mutating("m", hook.Url(), WebhookTests.Rule(["CREATE"], "configmaps")));
        await PolicyAsync(server, "p", "configmaps", """
            {"patchType":"JSONPatch","jsonPatch":{"expression":"[JSONPatch{op: 'add', path: '/metadata/annotations/' + jsonpatch.escapeKey('a/b'), value: 'x'}, JSONPatch{op: 'remove', path: '/data/k'}]"}},
            {"patchType":"JSONPatch","jsonPatch":{"expression":"[JSONPatch{op: 'test', path: '/data/other', value: 'no'}, JSONPatch{op: 'remove', path: '/data/other'}]"}}
            """);
        var created = await server.CreateAsync(ConfigMap("a", ("k", "v"), ("other", "o")) with
        {
            Metadata = new() { GenerateName = "a-", Namespace = "demo", Annotations = new Dictionary<string, string> { ["is"] = "there" } },
        });
        Assert.Equal(["other"], created.Data.Keys);
        Assert.Equal("x", created.Metadata.Annotations["a/b"]);
        var seen = Assert.Single(hook.Asked).Request["object"]!;
        Assert.Equal("x", (string?)seen["metadata"]!["annotations"]!["a/b"]);
        Assert.Null(seen["metadata"]!["uid"]);
        Assert.Null(seen["metadata"]!["name"]);
    }

    [Theory]
    [InlineData("Object{data: Object.data{finalizers: ['x']}, nothing: 1}", "error applying patch: failed to convert patch object to typed object: errors:\n  .data.finalizers: expected string, got &value.valueUnstructured{Value:[x]}\n  .nothing: field not declared in schema")]
    [InlineData("Object{nothing: 1}", "error applying patch: failed to convert patch object to typed object: .nothing: field not declared in schema")]
    [InlineData("Object{spec: Object.spec{selector: 1}}", "field not declared in schema")]
    [InlineData("Object{data: object.data.none}", "expression 'Object{data: object.data.none}' resulted in error: no such key: none")]
    public async Task A_mutation_that_fails_fails_by_its_policy(string expression, string why)
    {
        await using var server = await StartAsync();
        var mutation = """{"patchType":"ApplyConfiguration","applyConfiguration":{"expression":"EXPR"}}""".Replace("EXPR", expression, StringComparison.Ordinal);
        await PolicyAsync(server, "p", "configmaps", mutation);
        var e = await FailsAsync(() => server.CreateAsync(ConfigMap("a", ("k", "v"))));
        Assert.StartsWith("policy 'p' with binding 'p' denied request: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);

        await PolicyAsync(server, "p", "configmaps", mutation, failurePolicy: "Ignore", isNew: false);
        await server.CreateAsync(ConfigMap("a", ("k", "v")));
    }

    [Fact]
    public async Task What_is_owned_only_as_a_whole_may_not_be_mutated()
    {
        await using var server = await StartAsync();
        await server.CreateAsync(PodAdmissionTests.Account("default"));
        await PolicyAsync(server, "p", "pods", """{"patchType":"ApplyConfiguration","applyConfiguration":{"expression":"Object{spec: Object.spec{containers: [Object.spec.containers{name: 'c', command: ['sh']}]}}"}}""");
        var e = await FailsAsync(() => server.CreateAsync(PodAdmissionTests.Pod("p")));
        Assert.Contains("invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .spec.containers[0].command", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_that_wants_it_is_asked_again_after_another_changed_the_object()
    {
        await using var server = await StartAsync();
        const string Count = """{"patchType":"JSONPatch","jsonPatch":{"expression":"[JSONPatch{op: 'add', path: '/data/NAME', value: has(object.data.NAME) ? object.data.NAME + 'x' : 'x'}]"}}""";
        await PolicyAsync(server, "a", "configmaps", Count.Replace("NAME", "a", StringComparison.Ordinal), reinvocationPolicy: "IfNeeded");
        await PolicyAsync(server, "b", "configmaps", Count.Replace("NAME", "b", StringComparison.Ordinal));
        var created = await server.CreateAsync(ConfigMap("m", ("k", "v")));
        Assert.Equal(("xx", "x"), (created.Data["a"], created.Data["b"]));
    }

    [Fact]
    public async Task A_webhooks_conditions_keep_it_from_being_asked()
    {
        await using var server = await StartAsync();
        await using var hook = await TestWebhook.StartAsync(_ => TestWebhook.Allow());
        var configuration = WebhookTests.Validating(hook.Url(), WebhookTests.Rule(["CREATE"], "configmaps"));
        configuration = await server.CreateAsync(WebhookTests.WithHook(configuration, h => h with { MatchConditions = [new() { Name = "big", Expression = "object.data.size() > 1" }] }));
        await server.CreateAsync(ConfigMap("small", ("k", "v")));
        Assert.Empty(hook.Asked);
        await server.CreateAsync(ConfigMap("big", ("k", "v"), ("l", "w")));
        Assert.Single(hook.Asked);

        configuration = await server.UpdateAsync(WebhookTests.WithHook(configuration, h => h with { MatchConditions = [new() { Name = "bad", Expression = "object.nothing == 1" }] }));
        Assert.Equal("configmaps \"x\" is forbidden: expression 'object.nothing == 1' resulted in error: no such key: nothing", (await FailsAsync(() => server.CreateAsync(ConfigMap("x")))).Message);
        await server.UpdateAsync(WebhookTests.WithHook(configuration, h => h with { FailurePolicy = "Ignore" }));
        await server.CreateAsync(ConfigMap("x"));
        Assert.Single(hook.Asked);
    }

    private static async Task PolicyAsync(
        TestServer server, string name, string resource, string mutations, string failurePolicy = "Fail", string reinvocationPolicy = "Never", bool isNew = true)
    {
        var spec = $$$"""
            {"metadata":{"name":"{{{name}}}"},"spec":{"failurePolicy":"{{{failurePolicy}}}","reinvocationPolicy":"{{{reinvocationPolicy}}}","matchConstraints":{"resourceRules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE"],"resources":["{{{resource}}}"]}]},
            "variables":[{"name":"who","expression":"request.userInfo.username"}],"mutations":[{{{mutations}}}]}}
            """;
        await ValidatingPolicyTests.WriteAsync<MutatingAdmissionPolicy>(server, name, Encoding.UTF8.GetBytes(spec), isNew);
        if (isNew)
            await server.CreateAsync(new MutatingAdmissionPolicyBinding { Metadata = new() { Name = name }, Spec = new() { PolicyName = name } });
    }
}
