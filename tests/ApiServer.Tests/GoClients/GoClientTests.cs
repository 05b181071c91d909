using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Tests.GoClients;

/// <summary>
/// Bytes as Go's generated code writes them (tests/Golden/protobuf: every plain field is there, even when it is zero), sent over TLS and
/// HTTP/2 with client-go's headers. Answers are read by field numbers alone.
/// </summary>
public sealed class GoClientTests
{
    private const string Demo = "/api/v1/namespaces/demo";
    private const string ConfigMaps = Demo + "/configmaps";
    private const string Pods = Demo + "/pods";
    private const string Deployments = "/apis/apps/v1/namespaces/demo/deployments";

    [Theory]
    [InlineData("configmap", ConfigMaps, "v1 ConfigMap")]
    [InlineData("pod", Pods, "v1 Pod")]
    [InlineData("event", Demo + "/events", "v1 Event")]
    [InlineData("lease", "/apis/coordination.k8s.io/v1/namespaces/demo/leases", "coordination.k8s.io/v1 Lease")]
    [InlineData("deployment", Deployments, "apps/v1 Deployment")]
    public async Task What_a_Go_client_creates_it_reads_back_and_may_write_back_unchanged(string golden, string path, string kind)
    {
        await using var server = await GoServer.StartAsync();
        await ServiceAccountAsync(server);
        var made = await server.SendAsync("POST", path, GoServer.Golden(golden));
        Assert.Equal((201, kind), (made.Code, made.Type));
        Assert.NotEqual("", made.Metadata(5));

        var item = $"{path}/{made.Metadata(1)}";
        var read = await server.SendAsync("GET", item);
        Assert.Equal((200, Convert.ToHexString(made.Bytes)), (read.Code, Convert.ToHexString(read.Bytes)));

        var written = await server.SendAsync("PUT", item, read.Bytes);
        Assert.Equal((200, read.Metadata(6)), (written.Code, written.Metadata(6)));
    }

    [Fact]
    public async Task Every_field_of_a_pod_arrives()
    {
        await using var server = await GoServer.StartAsync();
        await ServiceAccountAsync(server);
        var made = await server.SendAsync("POST", Pods, GoServer.Golden("pod"));
        var (_, _, pod) = await server.JsonAsync("GET", $"{Pods}/{made.Metadata(1)}");
        var container = pod["spec"]!["containers"]![0]!;

        Assert.StartsWith("web-5d8f-", made.Metadata(1), StringComparison.Ordinal);
        Assert.Equal("""[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-5d8f","uid":"a7f8bd2e-0000-4000-8000-000000000001","controller":true,"blockOwnerDeletion":true}]""", pod["metadata"]!["ownerReferences"]!.ToJsonString());
        Assert.Equal("""{"limits":{"memory":"64Mi"},"requests":{"cpu":"100m","memory":"64Mi"}}""", container["resources"]!.ToJsonString());
        Assert.Equal("""{"httpGet":{"path":"/ready","port":"http","scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":5,"successThreshold":1,"failureThreshold":3}""", container["readinessProbe"]!.ToJsonString());
        Assert.Equal("""[{"name":"WHERE","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":"spec.nodeName"}}}]""", container["env"]!.ToJsonString());
        Assert.Equal("""{"runAsUser":1000,"allowPrivilegeEscalation":false}""", container["securityContext"]!.ToJsonString());
        Assert.Equal("""[{"name":"conf","configMap":{"name":"settings","defaultMode":420}}]""", pod["spec"]!["volumes"]!.ToJsonString());
        Assert.Contains("""{"key":"special","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}""", pod["spec"]!["tolerations"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(("ssd", false), ((string?)pod["spec"]!["nodeSelector"]!["disk"], (bool?)pod["spec"]!["automountServiceAccountToken"]));
    }

    /// <summary>What apimachinery's own managedfields records: protobuf has no empty list, so that nothing was set; JSON has one, and it is owned.</summary>
    [Fact]
    public async Task An_empty_list_is_owned_if_it_can_be_told_from_none()
    {
        const string nodes = "/apis/storage.k8s.io/v1/csinodes";
        await using var server = await GoServer.StartAsync();
        var bytes = Convert.FromHexString("6B387300" + "0A1C" + "0A11" + Convert.ToHexString("storage.k8s.io/v1"u8) + "1207" + Convert.ToHexString("CSINode"u8) + "1207" + "0A03" + "0A0161" + "1200");
        var made = await server.SendAsync("POST", nodes, bytes);
        Assert.Equal((201, "storage.k8s.io/v1 CSINode"), (made.Code, made.Type));
        var (_, _, none) = await server.JsonAsync("GET", nodes + "/a");
        Assert.Equal(("""{"drivers":null}""", null), (none["spec"]!.ToJsonString(), none["metadata"]!["managedFields"]));

        foreach (var (name, drivers, owned) in new[]
        {
            ("empty", "[]", """{"f:spec":{"f:drivers":{}}}"""),
            ("one", """[{"name":"d","nodeID":"n","topologyKeys":null}]""", """{"f:spec":{"f:drivers":{"k:{\"name\":\"d\"}":{".":{},"f:name":{},"f:nodeID":{},"f:topologyKeys":{}}}}}"""),
        })
        {
            var (_, _, node) = await server.JsonAsync("POST", nodes, $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"drivers":{{{drivers}}}}}""");
            Assert.Equal(drivers, node["spec"]!["drivers"]!.ToJsonString());
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(owned), node["metadata"]!["managedFields"]![0]!["fieldsV1"]), node.ToJsonString());
        }
    }

    /// <summary>apimachinery's managedfields again, with client-go's schema; kube-apiserver 1.20 recorded both of these too.</summary>
    [Theory]
    [InlineData("controllerrevisions", """{"revision":3,"data":{"any":{"a":1}}}""", """{"f:data":{},"f:revision":{}}""")]
    [InlineData("daemonsets", """{"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"a","image":"b"}]}}}}""", """{"f:metadata":{"f:annotations":{".":{},"f:deprecated.daemonset.template.generation":{}}}}""")]
    public async Task Of_the_workloads_raw_data_is_owned_whole_and_the_old_generation_by_who_creates(string resource, string body, string owned)
    {
        await using var server = await GoServer.StartAsync();
        var obj = JsonNode.Parse(body)!;
        obj["metadata"] = new JsonObject { ["name"] = "a" };
        var (_, _, made) = await server.JsonAsync("POST", "/apis/apps/v1/namespaces/demo/" + resource, obj.ToJsonString());
        var fields = made["metadata"]!["managedFields"]![0]!["fieldsV1"]!.AsObject();
        fields.Remove("f:spec");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(owned), fields), fields.ToJsonString());
    }

    [Fact]
    public async Task Times_keep_their_microseconds()
    {
        await using var server = await GoServer.StartAsync();
        var made = await server.SendAsync("POST", "/apis/coordination.k8s.io/v1/namespaces/demo/leases", GoServer.Golden("lease"));
        Assert.Equal((1767323045UL, 678901000UL, 5000UL), (made.Object.Number(2, 3, 1), made.Object.Number(2, 3, 2), made.Object.Number(2, 4, 2)));
        var (_, _, lease) = await server.JsonAsync("GET", "/apis/coordination.k8s.io/v1/namespaces/demo/leases/leader");
        Assert.Equal(("2026-01-02T03:04:05.678901Z", "2026-01-02T03:04:05.000005Z"), ((string?)lease["spec"]!["acquireTime"], (string?)lease["spec"]!["renewTime"]));
    }

    [Fact]
    public async Task A_scheduler_binds_and_is_answered_a_status()
    {
        await using var server = await GoServer.StartAsync();
        await ServiceAccountAsync(server);
        await server.JsonAsync("POST", Pods, """{"metadata":{"name":"web"},"spec":{"containers":[{"name":"a","image":"b"}]}}""");
        var bound = await server.SendAsync("POST", Pods + "/web/binding", GoServer.Golden("binding"));
        Assert.Equal((201, "v1 Status", "Success"), (bound.Code, bound.Type, bound.Object.Text(2)));
        Assert.Equal("n1", (await server.SendAsync("GET", Pods + "/web")).Object.Text(2, 10));
    }

    [Fact]
    public async Task Reviews_and_tokens_are_answered_in_kind()
    {
        await using var server = await GoServer.StartAsync();
        var review = await server.SendAsync("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", GoServer.Golden("subjectaccessreview"));
        Assert.Equal((201, "authorization.k8s.io/v1 SubjectAccessReview", 1UL), (review.Code, review.Type, review.Object.Number(3, 1)));

        var token = await server.SendAsync("POST", Demo + "/serviceaccounts/go/token", GoServer.Golden("tokenrequest"));
        Assert.Equal((201, "authentication.k8s.io/v1 TokenRequest"), (token.Code, token.Type));
        Assert.Equal(3, token.Object.Text(3, 1).Split('.').Length);
        Assert.Equal(1767323045UL + 3607, token.Object.Number(3, 2, 1));
    }

    [Fact]
    public async Task Delete_options_are_heeded()
    {
        await using var server = await GoServer.StartAsync();
        await server.SendAsync("POST", Deployments, GoServer.Golden("deployment"));
        var refused = await server.SendAsync("DELETE", Deployments + "/web", GoServer.Golden("deleteoptions"));
        Assert.Equal((409, "v1 Status", "Conflict", 409UL), (refused.Code, refused.Type, refused.Object.Text(4), refused.Object.Number(6)));
        Assert.Contains("the UID in the precondition (00000000-0000-4000-8000-000000000000) does not match the UID in record", refused.Object.Text(3), StringComparison.Ordinal);

        await server.SendAsync("POST", ConfigMaps, GoServer.Golden("configmap"));
        var gone = await server.SendAsync("DELETE", ConfigMaps + "/settings", GoServer.Golden("deleteoptions-background"));
        Assert.Equal((200, "v1 Status", "Success", "settings"), (gone.Code, gone.Type, gone.Object.Text(2), gone.Object.Text(5, 1)));
    }

    [Fact]
    public async Task A_patch_is_JSON_and_its_answer_is_not()
    {
        await using var server = await GoServer.StartAsync();
        await server.SendAsync("POST", Deployments, GoServer.Golden("deployment"));
        foreach (var (type, patch) in new[]
        {
            ("application/strategic-merge-patch+json", """{"spec":{"minReadySeconds":3}}"""),
            ("application/merge-patch+json", """{"spec":{"minReadySeconds":3}}"""),
            ("application/apply-patch+yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {minReadySeconds: 3}\n"),
        })
        {
            var patched = await server.SendAsync("PATCH", Deployments + "/web?fieldManager=go", System.Text.Encoding.UTF8.GetBytes(patch), type);
            Assert.Equal((200, "apps/v1 Deployment", 3UL), (patched.Code, patched.Type, patched.Object.Number(2, 5)));
        }

        var scale = await server.SendAsync("GET", Deployments + "/web/scale");
        Assert.Equal(("autoscaling/v1 Scale", "app=web"), (scale.Type, scale.Object.Text(3, 2)));
        Assert.Equal(200, (await server.SendAsync("PUT", Deployments + "/web/scale", scale.Bytes)).Code);
        Assert.Equal(415, (await server.SendAsync("PATCH", Deployments + "/web", GoServer.Golden("deployment"))).Code);
    }

    [Fact]
    public async Task An_error_is_theirs_to_the_byte()
    {
        await using var server = await GoServer.StartAsync();
        var missing = await server.SendAsync("GET", ConfigMaps + "/nobody");
        Assert.Equal(404, missing.Code);
        Assert.Equal(Convert.ToHexString(GoServer.Golden("status-404")), Convert.ToHexString(missing.Bytes));
    }

    [Fact]
    public async Task An_invalid_object_is_told_its_causes()
    {
        await using var server = await GoServer.StartAsync();
        var bytes = GoServer.Golden("configmap");
        bytes.AsSpan(bytes.AsSpan().IndexOf("settings"u8), 8).Fill((byte)'_');
        var refused = await server.SendAsync("POST", ConfigMaps, bytes);
        Assert.Equal((422, "Invalid", 422UL), (refused.Code, refused.Object.Text(4), refused.Object.Number(6)));
        var cause = Assert.Single(refused.Object.Message(5).All(4));
        Assert.Equal(("FieldValueInvalid", "metadata.name"), (cause.Text(1), cause.Text(3)));
    }

    [Fact]
    public async Task A_body_cut_off_anywhere_or_of_another_kind_is_refused_and_never_a_fault()
    {
        await using var server = await GoServer.StartAsync();
        var whole = GoServer.Golden("configmap");
        for (var length = 0; length < whole.Length - 4; length++) // the last fields of the envelope may be missing
        {
            // Cut off between two fields what is left is a message: of an object without a name.
            var refused = await server.SendAsync("POST", ConfigMaps, whole[..length]);
            Assert.True(refused.Code is 400 or 422, $"{refused.Code} after {length} bytes: {refused.Object.Text(3)}");
        }

        var other = await server.SendAsync("POST", Demo + "/secrets", whole);
        Assert.Equal((400, "BadRequest"), (other.Code, other.Object.Text(4)));
    }

    private static async Task ServiceAccountAsync(GoServer server) => await server.JsonAsync("POST", Demo + "/serviceaccounts", """{"metadata":{"name":"default"}}""");
}
