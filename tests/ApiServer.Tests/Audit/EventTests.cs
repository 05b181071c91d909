using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Audit;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Tests.Admission;
using KubeSharp.ApiServer.Tests.Admission.Webhooks;

namespace KubeSharp.ApiServer.Tests.Audit;

/// <summary>What is noted of real requests to a whole server.</summary>
public sealed class EventTests
{
    private const string Maps = "/api/v1/namespaces/demo/configmaps";
    private const string Map = """{"metadata":{"name":"m","annotations":{"a":"<b>"}},"data":{"k":"v"}}""";
    private const string When = "\"requestReceivedTimestamp\":\"2026-01-02T03:04:05.678000Z\",\"stageTimestamp\":\"2026-01-02T03:04:05.678000Z\"";
    private const string Allowed = "\"annotations\":{\"authorization.k8s.io/decision\":\"allow\",\"authorization.k8s.io/reason\":\"\"}";
    private const string Admin = "\"user\":{\"username\":\"admin\",\"groups\":[\"system:masters\",\"system:authenticated\"]},\"sourceIPs\":[\"::1\"],\"userAgent\":\"recorder/1.0\"";

    private static readonly byte[] MapBytes = System.Text.Encoding.UTF8.GetBytes(Map);
    private readonly Recorder _recorder = new();

    [Fact]
    public async Task A_create_is_two_events_byte_for_byte()
    {
        await using var server = await WholeServer.StartAsync(audit: _recorder.All("Request"));
        await server.SendAsync("POST", Maps + "?dryRun=All", Map);

        var received = await _recorder.NextAsync();
        var id = received.AuditId;
        Assert.True(Guid.TryParse(id, out _));
        Assert.Equal(
            $$"""{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Request","auditID":"{{id}}","stage":"RequestReceived","requestURI":"{{Maps}}?dryRun=All","verb":"create",{{Admin}},"objectRef":{"resource":"configmaps","namespace":"demo","apiVersion":"v1"},{{When}}}""",
            Recorder.Text(received));
        Assert.Equal(
            $$$"""{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Request","auditID":"{{{id}}}","stage":"ResponseComplete","requestURI":"{{{Maps}}}?dryRun=All","verb":"create",{{{Admin}}},"objectRef":{"resource":"configmaps","namespace":"demo","name":"m","apiVersion":"v1"},"responseStatus":{"metadata":{},"code":201},"requestObject":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"m","namespace":"demo","annotations":{"a":"\u003cb\u003e"}},"data":{"k":"v"}},{{{When}}},{{{Allowed}}}}""",
            Recorder.Text(await _recorder.NextAsync()));
    }

    [Fact]
    public async Task Answers_are_noted_without_managed_fields_and_lists_as_one()
    {
        await using var server = await WholeServer.StartAsync(audit: _recorder.All("RequestResponse", "\"omitManagedFields\":true,\"omitStages\":[\"RequestReceived\"],"));
        var (_, made) = await server.SendAsync("POST", Maps, Map);
        Assert.NotNull(made["metadata"]!["managedFields"]);

        var answer = Node(await _recorder.NextAsync())["responseObject"]!;
        Assert.Equal(("m", null), ((string?)answer["metadata"]!["name"], answer["metadata"]!["managedFields"]));

        await server.SendAsync("GET", Maps);
        var list = await _recorder.NextAsync();
        Assert.Equal(("list", "ConfigMapList"), (list.Verb, (string?)Node(list)["responseObject"]!["kind"]));
        Assert.DoesNotContain("managedFields", Recorder.Text(list), StringComparison.Ordinal);
        Assert.True(_recorder.IsEmpty);
    }

    [Fact]
    public async Task A_patch_is_noted_as_it_came_and_a_deletion_with_its_options()
    {
        await using var server = await WholeServer.StartAsync(audit: _recorder.All("RequestResponse"));
        await server.SendAsync("POST", Maps, Map);
        await server.SendAsync("PATCH", Maps + "/m", "{\n  \"data\": {\"k\": null}\n}", "application/merge-patch+json");
        await server.SendAsync("PATCH", Maps + "/m?fieldManager=f", "apiVersion: v1\nkind: ConfigMap\ndata:\n  x: z\n", "application/apply-patch+yaml");
        await server.SendAsync("DELETE", Maps + "/m", """{"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":0}""");

        Assert.Equal("""{"data":{"k":null}}""", Node(await _recorder.CompleteAsync("patch"))["requestObject"]!.ToJsonString());
        Assert.Equal("""{"apiVersion":"v1","kind":"ConfigMap","data":{"x":"z"}}""", Node(await _recorder.CompleteAsync("patch"))["requestObject"]!.ToJsonString());
        var deleted = Node(await _recorder.CompleteAsync("delete"));
        Assert.Equal("""{"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":0}""", deleted["requestObject"]!.ToJsonString());
        Assert.Equal(("Success", "Status"), ((string?)deleted["responseStatus"]!["status"], (string?)deleted["responseObject"]!["kind"]));
    }

    [Fact]
    public async Task A_watch_has_an_event_when_its_answer_begins_and_one_at_its_end()
    {
        await using var server = await WholeServer.StartAsync(audit: _recorder.All("RequestResponse"));
        using (await server.Client.GetAsync(Maps + "?watch=true", HttpCompletionOption.ResponseHeadersRead, TestServer.Ct))
        {
            Assert.Equal(AuditStages.RequestReceived, (await _recorder.NextAsync()).Stage);
            var started = await _recorder.NextAsync();
            Assert.Equal((AuditStages.ResponseStarted, 200, "watch"), (started.Stage, started.ResponseStatus!.Code, started.Verb));
        }

        var complete = await _recorder.NextAsync();
        Assert.Equal((AuditStages.ResponseComplete, 200), (complete.Stage, complete.ResponseStatus!.Code));
        Assert.True(complete.ResponseObject.IsEmpty);
    }

    [Fact]
    public async Task A_stream_that_cannot_be_opened_is_long_all_the_same()
    {
        await using var server = await WholeServer.StartAsync(audit: _recorder.All("Metadata"));
        await server.SendAsync("POST", "/api/v1/namespaces/demo/pods/none/exec?command=ls");

        Assert.Equal(AuditStages.RequestReceived, (await _recorder.NextAsync()).Stage);
        var started = await _recorder.NextAsync();
        Assert.Equal((AuditStages.ResponseStarted, 404, "exec"), (started.Stage, started.ResponseStatus!.Code, started.ObjectRef!.Subresource));
        Assert.Equal(AuditStages.ResponseComplete, (await _recorder.NextAsync()).Stage);
    }

    [Fact]
    public async Task Nobody_is_noted_once_and_who_may_not_with_the_decision()
    {
        await using var server = await WholeServer.StartAsync(audit: _recorder.All("Metadata"));
        await server.RawAsync("GET", Maps, "", [], new Dictionary<string, string> { ["X-Forwarded-For"] = "10.1.2.3, bad, 10.1.2.4", ["X-Real-Ip"] = "10.1.2.3", ["Authorization"] = "Bearer x" }, user: null);

        var nobody = await _recorder.NextAsync();
        Assert.Contains("\"user\":{},\"sourceIPs\":[\"10.1.2.3\",\"10.1.2.4\"]", Recorder.Text(nobody), StringComparison.Ordinal);
        Assert.Equal((AuditStages.ResponseStarted, 401, "Unauthorized"), (nobody.Stage, nobody.ResponseStatus!.Code, nobody.ResponseStatus.Reason));
        Assert.True(_recorder.IsEmpty);

        await server.RawAsync("GET", Maps, "", [], new Dictionary<string, string>(), new Identity("jane", [Identity.Authenticated]));
        var refused = await _recorder.CompleteAsync("list");
        Assert.Equal(("forbid", 403, "Forbidden"), (refused.Annotations["authorization.k8s.io/decision"], refused.ResponseStatus!.Code, refused.ResponseStatus.Reason));
    }

    [Fact]
    public async Task Who_speaks_for_another_is_noted_with_both()
    {
        await using var server = await WholeServer.StartAsync(audit: _recorder.All("Metadata"));
        await server.RawAsync("GET", Maps, "", [], new Dictionary<string, string> { ["Impersonate-User"] = "jane", ["Audit-Id"] = "my-own" }, WholeServer.Admin);

        var e = await _recorder.CompleteAsync("list");
        Assert.Equal(("admin", "jane", 403, "my-own"), (e.User!.Name, e.ImpersonatedUser!.Name, e.ResponseStatus!.Code, e.AuditId));
    }

    [Fact]
    public async Task The_fault_of_the_server_is_a_panic()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var server = await WholeServer.StartAsync(new FaultyStore(new Store.MemoryStore(clock)), audit: _recorder.All("Metadata", "\"omitStages\":[\"RequestReceived\"],"));
        Assert.Equal(500, (await server.SendAsync("POST", Maps, Map)).Code);

        var e = await _recorder.NextAsync();
        Assert.Equal((AuditStages.Panic, 500, "APIServer panic'd: oh"), (e.Stage, e.ResponseStatus!.Code, e.ResponseStatus.Message));
        Assert.True(_recorder.IsEmpty);
    }

    [Fact]
    public async Task A_request_that_cannot_be_noted_is_refused()
    {
        await using var server = await WholeServer.StartAsync(audit: _recorder.All("Metadata"));
        _recorder.Refuses = true;
        var (code, body) = await server.RawAsync("POST", Maps, "", MapBytes, new Dictionary<string, string> { ["Content-Type"] = "application/json" }, WholeServer.Admin);
        Assert.Equal((500, $"Internal Server Error: \"{Maps}\": failed to store audit event\n"), (code, body));

        _recorder.Refuses = false;
        Assert.Equal(404, (await server.SendAsync("GET", Maps + "/m")).Code);
    }

    [Fact]
    public async Task Pod_security_and_policies_leave_their_annotations()
    {
        await using var server = await WholeServer.StartAsync(audit: _recorder.All("Metadata"));
        const string Policies = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolic";
        await server.SendAsync("POST", Policies + "ies", """
            {"metadata":{"name":"p"},"spec":{"matchConstraints":{"resourceRules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE"],"resources":["configmaps"]}]},
             "validations":[{"expression":"false","message":"never"}],"auditAnnotations":[{"key":"name","valueExpression":"'it is ' + object.metadata.name"}]}}
            """);
        await server.SendAsync("POST", Policies + "ybindings", """{"metadata":{"name":"b"},"spec":{"policyName":"p","validationActions":["Audit"]}}""");
        var (code, _) = await server.SendAsync("POST", Maps, Map);
        Assert.Equal(201, code);

        AuditEvent e;
        do
            e = await _recorder.CompleteAsync("create");
        while (e.ObjectRef!.Resource != "configmaps");
        Assert.Equal("it is m", e.Annotations["p/name"]);
        Assert.Contains("\"message\":\"never\"", e.Annotations["validation.policy.admission.k8s.io/validation_failure"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_webhook_leaves_what_it_changed_at_the_level_of_objects()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue();
        await using var app = KubeSharp.SampleWebhook.WebhookServer.Create(certificate, new(System.Net.IPAddress.Loopback, 0));
        await app.StartAsync(TestServer.Ct);
        await using var server = await WholeServer.StartAsync(audit: _recorder.All("Request"));
        await server.Core.CreateAsync(PodAdmissionTests.Account("default"));
        await server.Core.CreateAsync(Admission.Webhooks.WebhookTests.Mutating(
            "marks", new() { Url = app.Urls.First().TrimEnd('/') + "/mutate", CaBundle = authority.Bundle }, Admission.Webhooks.WebhookTests.Rule(["CREATE"], "pods")));
        await server.SendAsync("POST", "/api/v1/namespaces/demo/pods", """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}}""");

        var e = await _recorder.CompleteAsync("create");
        Assert.Equal(201, e.ResponseStatus!.Code);
        Assert.Equal("{\"configuration\":\"marks\",\"webhook\":\"marks.example.com\",\"mutated\":true}", e.Annotations["mutation.webhook.admission.k8s.io/round_0_index_0"]);
        Assert.StartsWith("{\"configuration\":\"marks\",\"webhook\":\"marks.example.com\",\"patch\":[{\"op\":", e.Annotations["patch.webhook.admission.k8s.io/round_0_index_0"], StringComparison.Ordinal);
        Assert.Equal("privileged:latest", e.Annotations["pod-security.kubernetes.io/enforce-policy"]);
    }

    private static JsonNode Node(AuditEvent e) => JsonNode.Parse(Recorder.Text(e))!;

    private sealed class FaultyStore(Store.IStore inner) : ForwardingStore(inner)
    {
        public override ValueTask<long?> TryPutAsync(string key, ReadOnlyMemory<byte> value, long expected, CancellationToken ct) =>
            key.Contains("configmaps", StringComparison.Ordinal) ? throw new InvalidOperationException("oh") : base.TryPutAsync(key, value, expected, ct);
    }
}
