using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Tests.Apply;

/// <summary>Who owns what after plain writes, seen by a client.</summary>
public sealed class ManagedFieldsTests : IAsyncLifetime
{
    private const string Maps = "/api/v1/namespaces/demo/configmaps";
    private const string Deployments = "/apis/apps/v1/namespaces/demo/deployments";

    private const string Deployment = """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","labels":{"l":"1"}},"spec":{"replicas":2,"selector":{"matchLabels":{"a":"b"}},
        "template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i","ports":[{"containerPort":80}]}]}}},"status":{"replicas":7}}
        """;

    private WholeServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await WholeServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_create_owns_what_was_posted_and_what_defaults_added_but_no_status()
    {
        var (_, created) = await _server.SendAsync("POST", Deployments, Deployment, agent: "kubectl/v1.36.0 (linux/amd64)");

        AssertOwners(created, ("kubectl", "Update", "", """
            {"f:metadata":{"f:labels":{".":{},"f:l":{}}},"f:spec":{"f:progressDeadlineSeconds":{},"f:replicas":{},"f:revisionHistoryLimit":{},"f:selector":{},
            "f:strategy":{"f:rollingUpdate":{".":{},"f:maxSurge":{},"f:maxUnavailable":{}},"f:type":{}},"f:template":{"f:metadata":{"f:labels":{".":{},"f:a":{}}},
            "f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:image":{},"f:imagePullPolicy":{},"f:name":{},
            "f:ports":{".":{},"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:protocol":{}}},
            "f:resources":{},"f:terminationMessagePath":{},"f:terminationMessagePolicy":{}}},"f:dnsPolicy":{},"f:restartPolicy":{},"f:schedulerName":{},
            "f:securityContext":{},"f:terminationGracePeriodSeconds":{}}}}}
            """));
    }

    [Fact]
    public async Task An_update_takes_what_it_changes_and_only_that()
    {
        await _server.SendAsync("POST", Maps + "?fieldManager=first", """{"metadata":{"name":"m"},"data":{"a":"1","b":"1","c":"1"}}""");
        _server.Core.Clock.Advance(TimeSpan.FromMinutes(1));
        var (_, updated) = await _server.SendAsync("PUT", Maps + "/m?fieldManager=second", """{"metadata":{"name":"m"},"data":{"a":"2","b":"1","d":"1"}}""");

        AssertOwners(
            updated,
            ("first", "Update", "", """{"f:data":{".":{},"f:b":{}}}"""),
            ("second", "Update", "", """{"f:data":{"f:a":{},"f:d":{}}}"""));
        Assert.Equal(["2026-01-02T03:04:05Z", "2026-01-02T03:05:05Z"], Owners(updated).Select(o => (string?)o["time"]));
    }

    [Fact]
    public async Task The_status_and_the_main_resource_are_owned_by_those_who_can_write_them()
    {
        await _server.SendAsync("POST", Deployments + "?fieldManager=user", Deployment);
        var (_, before) = await _server.SendAsync("GET", Deployments + "/web");
        await _server.SendAsync("PATCH", Deployments + "/web?fieldManager=cheat", """{"status":{"replicas":9}}""", "application/merge-patch+json");
        var (code, after) = await _server.SendAsync("PATCH", Deployments + "/web/status?fieldManager=ctl", """{"spec":{"replicas":5},"metadata":{"labels":{"x":"y"}},"status":{"replicas":1}}""", "application/merge-patch+json");

        Assert.Equal(200, code);
        AssertOwners(after, ("ctl", "Update", "status", """{"f:status":{"f:replicas":{}}}"""), ("user", "Update", "", Owners(before)[0]["fieldsV1"]!.ToJsonString()));
    }

    [Fact]
    public async Task A_scale_is_owned_in_the_parent()
    {
        await _server.SendAsync("POST", Deployments + "?fieldManager=user", Deployment);
        var (code, scale) = await _server.SendAsync("PUT", Deployments + "/web/scale?fieldManager=hpa", """{"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"web","namespace":"demo"},"spec":{"replicas":4}}""");
        Assert.Equal((200, 4), (code, (int)scale["spec"]!["replicas"]!));
        var (_, parent) = await _server.SendAsync("GET", Deployments + "/web");
        Assert.Equal(("hpa", "apps/v1", "scale", """{"f:spec":{"f:replicas":{}}}"""), Facts(Owners(parent)[0]));
        Assert.False(Owners(parent)[1]["fieldsV1"]!["f:spec"]!.AsObject().ContainsKey("f:replicas"));

        (code, var refused) = await _server.ApplyAsync(Deployments + "/web/scale", "other", """{"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"web"},"spec":{"replicas":6}}""");
        Assert.Equal((409, "Apply failed with 1 conflict: conflict with \"hpa\" with subresource \"scale\" using autoscaling/v1: .spec.replicas"), (code, (string?)refused["message"]));
        (code, scale) = await _server.ApplyAsync(Deployments + "/web/scale", "other", """{"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"web"},"spec":{"replicas":6}}""", mayForce: true);
        Assert.Equal((200, 6), (code, (int)scale["spec"]!["replicas"]!));
        (_, parent) = await _server.SendAsync("GET", Deployments + "/web");
        Assert.Equal(("other", "apps/v1", "scale", """{"f:spec":{"f:replicas":{}}}"""), Facts(Owners(parent)[0]));
    }

    [Theory]
    [InlineData("PUT", """{"metadata":{"name":"m"},"data":{"a":"1"}}""")]
    [InlineData("APPLY", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},"data":{"a":"1"}}""")]
    public async Task A_write_that_changes_nothing_writes_nothing_however_late(string verb, string body)
    {
        Task<(int Code, JsonNode Body)> WriteAsync() => verb == "PUT"
            ? _server.SendAsync("PUT", Maps + "/m?fieldManager=m", body)
            : _server.ApplyAsync(Maps + "/m", "m", body);
        if (verb == "PUT")
            await _server.SendAsync("POST", Maps + "?fieldManager=m", body);
        else
            await WriteAsync();
        var (_, before) = await _server.SendAsync("GET", Maps + "/m");
        _server.Core.Clock.Advance(TimeSpan.FromMinutes(5));

        var (code, after) = await WriteAsync();

        Assert.Equal((200, before.ToJsonString()), (code, after.ToJsonString()));
    }

    [Fact]
    public async Task A_value_set_anew_by_its_owner_gives_a_new_time()
    {
        await _server.SendAsync("POST", Maps + "?fieldManager=m", """{"metadata":{"name":"m"},"data":{"a":"1"}}""");
        _server.Core.Clock.Advance(TimeSpan.FromMinutes(1));
        var (_, after) = await _server.SendAsync("PATCH", Maps + "/m?fieldManager=m", """{"data":{"a":"2"}}""", "application/merge-patch+json");

        AssertOwners(after, ("m", "Update", "", """{"f:data":{".":{},"f:a":{}}}"""));
        Assert.Equal("2026-01-02T03:05:05Z", (string?)Owners(after)[0]["time"]);
    }

    [Fact]
    public async Task Ten_updaters_are_kept_apart_and_older_ones_together()
    {
        await _server.SendAsync("POST", Maps + "?fieldManager=u0", """{"metadata":{"name":"m"},"data":{"k0":"1"}}""");
        JsonNode last = null!;
        for (var i = 1; i < 13; i++)
        {
            _server.Core.Clock.Advance(TimeSpan.FromSeconds(1));
            (_, last) = await _server.SendAsync("PATCH", $"{Maps}/m?fieldManager=u{i}", $$$"""{"data":{"k{{{i}}}":"1"}}""", "application/merge-patch+json");
        }

        Assert.Equal(["ancient-changes", .. Enumerable.Range(4, 9).Select(i => $"u{i}")], Owners(last).Select(o => (string?)o["manager"]));
        Assert.Equal("""{"f:data":{".":{},"f:k0":{},"f:k1":{},"f:k2":{},"f:k3":{}}}""", Owners(last)[0]["fieldsV1"]!.ToJsonString());
    }

    [Theory]
    [InlineData("[]", "")]
    [InlineData("[{}]", "")]
    [InlineData("""[{"manager":"x","operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:data":{"f:a":{}}}}]""", "x")]
    [InlineData("""[{"manager":"x","operation":"Invent","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{}}]""", "first")]
    [InlineData("""[{"manager":"x","operation":"Update","apiVersion":"v1","fieldsType":"FieldsV2","fieldsV1":{}}]""", "first")]
    [InlineData("""[{"manager":"x","operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"q":{}}}]""", "first")]
    public async Task Posted_owners_count_if_they_can_be_read_and_nothing_forgets_them_all(string posted, string owner)
    {
        await _server.SendAsync("POST", Maps + "?fieldManager=first", """{"metadata":{"name":"m"},"data":{"a":"1"}}""");
        var (code, after) = await _server.SendAsync("PUT", Maps + "/m?fieldManager=second", $$$"""{"metadata":{"name":"m","managedFields":{{{posted}}}},"data":{"a":"1"}}""");

        Assert.Equal(200, code);
        Assert.Equal(owner, string.Join(',', Owners(after).Select(o => (string?)o["manager"])));
    }

    [Fact]
    public async Task Who_writes_another_version_owns_the_same_facts()
    {
        const string V2 = "/apis/autoscaling/v2/namespaces/demo/horizontalpodautoscalers";
        const string V1 = "/apis/autoscaling/v1/namespaces/demo/horizontalpodautoscalers";
        await _server.SendAsync("POST", V2 + "?fieldManager=two", """
            {"metadata":{"name":"h"},"spec":{"scaleTargetRef":{"kind":"Deployment","name":"d","apiVersion":"apps/v1"},"maxReplicas":3,
            "metrics":[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":50}}}]}}
            """);
        var (code, after) = await _server.SendAsync("PATCH", V1 + "/h?fieldManager=one", """{"spec":{"targetCPUUtilizationPercentage":70}}""", "application/merge-patch+json");

        Assert.Equal(200, code);
        var one = Owners(after).Single(o => (string?)o["manager"] == "one");
        Assert.Equal(("one", "autoscaling/v1", null, """{"f:spec":{"f:targetCPUUtilizationPercentage":{}}}"""), Facts(one));
        var two = Owners(after).Single(o => (string?)o["manager"] == "two");
        Assert.False(two["fieldsV1"]!["f:spec"]!.AsObject().ContainsKey("f:metrics")); // the list is atomic, and was changed through the other version

        (code, var refused) = await _server.ApplyAsync(V2 + "/h", "three", """{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"h"},"spec":{"metrics":[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":90}}}]}}""");
        Assert.Equal((409, "Apply failed with 1 conflict: conflict with \"one\" using autoscaling/v1: .spec.targetCPUUtilizationPercentage"), (code, (string?)refused["message"]));
    }

    [Fact]
    public async Task What_the_server_does_by_itself_is_nobodys()
    {
        await _server.Core.CreateAsync(new ServiceAccount { Metadata = new() { Name = "default", Namespace = "demo" } });
        var (_, pod) = await _server.SendAsync("POST", "/api/v1/namespaces/demo/pods?fieldManager=m", """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}}""");
        await _server.SendAsync("POST", "/api/v1/namespaces/demo/pods/p/binding", """{"metadata":{"name":"p"},"target":{"kind":"Node","name":"n"}}""");
        var (_, bound) = await _server.SendAsync("GET", "/api/v1/namespaces/demo/pods/p");

        Assert.Equal("n", (string?)bound["spec"]!["nodeName"]);
        Assert.Equal(pod["metadata"]!["managedFields"]!.ToJsonString(), bound["metadata"]!["managedFields"]!.ToJsonString());
        var spec = Owners(pod).Single()["fieldsV1"]!["f:spec"]!.AsObject();
        Assert.DoesNotContain("f:tolerations", spec.Select(f => f.Key)); // admission's
        Assert.DoesNotContain("f:serviceAccountName", spec.Select(f => f.Key));
    }

    [Fact]
    public async Task A_part_written_through_its_own_endpoint_says_so()
    {
        await _server.Core.CreateAsync(new ServiceAccount { Metadata = new() { Name = "default", Namespace = "demo" } });
        await _server.SendAsync("POST", "/api/v1/namespaces/demo/pods?fieldManager=m", """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}}""");
        var (code, pod) = await _server.SendAsync(
            "PATCH", "/api/v1/namespaces/demo/pods/p/ephemeralcontainers?fieldManager=debugger", """{"spec":{"ephemeralContainers":[{"name":"d","image":"i"}]}}""", "application/strategic-merge-patch+json");

        Assert.True(code == 200, pod.ToJsonString());
        var (manager, _, subresource, fields) = Facts(Owners(pod)[0]);
        Assert.Equal(("debugger", "ephemeralcontainers"), (manager, subresource));
        Assert.StartsWith("""{"f:spec":{"f:ephemeralContainers":{".":{},"k:{\u0022name\u0022:\u0022d\u0022}":{".":{},"f:image":{}""", fields, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Equal_members_are_left_out_of_a_comparison_and_unequal_ones_are_not()
    {
        // Two members change at once, one comes, one goes: names that differ in order and number.
        await _server.SendAsync("POST", Maps + "?fieldManager=a", """{"metadata":{"name":"m","labels":{"x":"1"}},"data":{"k":"\"}"},"binaryData":{"b":"AA=="}}""");
        var (_, after) = await _server.SendAsync("PUT", Maps + "/m?fieldManager=b", """{"metadata":{"name":"m","annotations":{"y":"]"}},"data":{"k":"\"}","l":"{"},"immutable":true}""");

        AssertOwners(
            after,
            ("a", "Update", "", """{"f:data":{".":{},"f:k":{}}}"""),
            ("b", "Update", "", """{"f:data":{"f:l":{}},"f:immutable":{},"f:metadata":{"f:annotations":{".":{},"f:y":{}}}}"""));
    }

    internal static List<JsonNode> Owners(JsonNode obj) => [.. obj["metadata"]!["managedFields"]?.AsArray().Select(o => o!) ?? []];

    private static (string?, string?, string?, string) Facts(JsonNode owner) =>
        ((string?)owner["manager"], (string?)owner["apiVersion"], (string?)owner["subresource"], owner["fieldsV1"]!.ToJsonString());

    private static void AssertOwners(JsonNode obj, params (string Manager, string Operation, string Subresource, string Fields)[] expected) => Assert.Equal(
        expected.Select(e => e with { Fields = JsonNode.Parse(e.Fields)!.ToJsonString() }),
        Owners(obj).Select(o => ((string)o["manager"]!, (string)o["operation"]!, (string?)o["subresource"] ?? "", o["fieldsV1"]!.ToJsonString())));
}
