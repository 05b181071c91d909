using System.Text;
using KubeSharp.Objects.AppsV1;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Admission.PodSecurity;

public sealed class PodSecurityTests
{
    private const string Good = """
        "securityContext":{"runAsNonRoot":true,"seccompProfile":{"type":"RuntimeDefault"}},"containers":[{"name":"a","image":"i","securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]
        """;

    /// <summary>Level and version of the namespace, the pod's spec, and what upstream says of it (empty: nothing).</summary>
    public static TheoryData<string, string, string, string> Cases => new()
    {
        { "restricted", "latest", Good, "" },
        { "baseline", "latest", Plain(""), "" },
        { "privileged", "latest", Plain("""{"privileged":true}"""), "" },
        { "baseline", "latest", Plain("""{"privileged":true}"""), "privileged (container \"a\" must not set securityContext.privileged=true)" },
        { "baseline", "latest", """ "hostNetwork":true,"hostPID":true,"containers":[{"name":"a","image":"i","ports":[{"containerPort":80,"hostPort":80}]}]""", "host namespaces (hostNetwork=true, hostPID=true), hostPort (container \"a\" uses hostPort 80)" },
        { "baseline", "latest", Plain("""{"capabilities":{"add":["NET_RAW","CHOWN","SYS_ADMIN"]}}"""), "non-default capabilities (container \"a\" must not include \"NET_RAW\", \"SYS_ADMIN\" in securityContext.capabilities.add)" },
        { "baseline", "latest", Plain("""{"procMount":"Unmasked"}""", "\"hostUsers\":false,"), "" },
        { "baseline", "v1.34", Plain("""{"procMount":"Unmasked"}""", "\"hostUsers\":false,"), "procMount (container \"a\" must not set securityContext.procMount to \"Unmasked\")" },
        { "baseline", "latest", Plain("""{"seLinuxOptions":{"type":"spc_t","user":"u"}}"""), "seLinuxOptions (container \"a\" set forbidden securityContext.seLinuxOptions: type \"spc_t\"; user may not be set)" },
        { "baseline", "latest", Plain("""{"seccompProfile":{"type":"Unconfined"}}"""), "seccompProfile (container \"a\" must not set securityContext.seccompProfile.type to \"Unconfined\")" },
        { "baseline", "latest", Plain("", "\"securityContext\":{\"sysctls\":[{\"name\":\"net.ipv4.tcp_rmem\",\"value\":\"1\"},{\"name\":\"kernel.msgmax\",\"value\":\"1\"}]},"), "forbidden sysctls (kernel.msgmax)" },
        { "baseline", "v1.31", Plain("", "\"securityContext\":{\"sysctls\":[{\"name\":\"net.ipv4.tcp_rmem\",\"value\":\"1\"}]},"), "forbidden sysctls (net.ipv4.tcp_rmem)" },
        { "baseline", "latest", Plain("", "\"securityContext\":{\"appArmorProfile\":{\"type\":\"Unconfined\"}},"), "forbidden AppArmor profile (pod must not set AppArmor profile type to \"Unconfined\")" },
        { "baseline", "latest", """ "volumes":[{"name":"v","hostPath":{"path":"/"}},{"name":"w","hostPath":{"path":"/x"}}],"containers":[{"name":"a","image":"i"}]""", "hostPath volumes (volumes \"v\", \"w\")" },
        { "baseline", "latest", """ "containers":[{"name":"a","image":"i","livenessProbe":{"httpGet":{"path":"/","port":80,"host":"1.2.3.4"}}}]""", "probe or lifecycle host (container \"a\" uses probe or lifecycle host \"1.2.3.4\")" },
        { "baseline", "v1.33", """ "containers":[{"name":"a","image":"i","livenessProbe":{"httpGet":{"path":"/","port":80,"host":"1.2.3.4"}}}]""", "" },
        {
            "restricted", "latest", """ "containers":[{"name":"a","image":"i"},{"name":"b","image":"i","securityContext":{"runAsUser":0}}]""",
            "allowPrivilegeEscalation != false (containers \"a\", \"b\" must set securityContext.allowPrivilegeEscalation=false), "
            + "unrestricted capabilities (containers \"a\", \"b\" must set securityContext.capabilities.drop=[\"ALL\"]), "
            + "runAsNonRoot != true (pod or containers \"a\", \"b\" must set securityContext.runAsNonRoot=true), "
            + "runAsUser=0 (container \"b\" must not set runAsUser=0), "
            + "seccompProfile (pod or containers \"a\", \"b\" must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")"
        },
        { "restricted", "latest", """ "volumes":[{"name":"v","hostPath":{"path":"/"}},{"name":"w","nfs":{"server":"s","path":"/"}},{"name":"x","emptyDir":{}}],""" + Good, "restricted volume types (volumes \"v\", \"w\" use restricted volume types \"hostPath\", \"nfs\")" },
        { "restricted", "v1.7", """ "containers":[{"name":"a","image":"i","securityContext":{"runAsNonRoot":false}}]""", "runAsNonRoot != true (container \"a\" must not set securityContext.runAsNonRoot=false)" },
        { "restricted", "latest", Good.Replace("\"drop\":[\"ALL\"]", "\"drop\":[\"ALL\"],\"add\":[\"NET_BIND_SERVICE\",\"CHOWN\"]", StringComparison.Ordinal), "unrestricted capabilities (container \"a\" must not include \"CHOWN\" in securityContext.capabilities.add)" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_pod_is_held_to_the_standard_of_its_namespace(string level, string version, string spec, string expected)
    {
        await using var server = await StartAsync();
        await server.CreateAsync(PodAdmissionTests.Account("default") with { AutomountServiceAccountToken = false });
        await LabelAsync(server, ("enforce", level), ("enforce-version", version));
        var pod = Json.Decode<Pod>(Encoding.UTF8.GetBytes("{\"metadata\":{\"name\":\"p\",\"namespace\":\"demo\"},\"spec\":{" + spec + "}}"));
        if (expected.Length == 0)
        {
            await server.CreateAsync(pod);
            return;
        }

        var e = await FailsAsync(() => server.CreateAsync(pod));
        Assert.Equal((403, $"pods \"p\" is forbidden: violates PodSecurity \"{level}:{version}\": {expected}"), (e.Code, e.Message));
    }

    [Fact]
    public async Task A_workload_is_let_through_with_a_warning_and_a_note_for_the_audit()
    {
        await using var server = await StartAsync();
        await LabelAsync(server, ("warn", "baseline"), ("audit", "restricted"), ("audit-version", "v1.20"));
        var warnings = new List<string>();
        var options = Admin with { Warn = warnings.Add, AuditAnnotations = new Dictionary<string, string>() };
        var labels = new Dictionary<string, string> { ["a"] = "b" };
        var deployment = new Deployment
        {
            Metadata = new() { Name = "d", Namespace = "demo" },
            Spec = new() { Selector = new() { MatchLabels = labels }, Template = new() { Metadata = new() { Labels = labels }, Spec = new() { HostPID = true, Containers = [new() { Name = "a", Image = "i" }] } } },
        };
        await server.Verbs.CreateAsync(server.Of<Deployment>(), deployment, options, Ct);
        Assert.Equal("would violate PodSecurity \"baseline:latest\": host namespaces (hostPID=true)", Assert.Single(warnings));
        Assert.StartsWith("would violate PodSecurity \"restricted:v1.20\": host namespaces (hostPID=true), allowPrivilegeEscalation != false", options.AuditAnnotations["pod-security.kubernetes.io/audit-violations"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Labels_that_mean_nothing_are_refused_and_a_stricter_level_is_checked_against_what_runs()
    {
        await using var server = await StartAsync();
        await server.CreateAsync(PodAdmissionTests.Account("default") with { AutomountServiceAccountToken = false });
        foreach (var name in new[] { "a", "b", "c" })
        {
            var spec = PodAdmissionTests.Pod(name).Spec;
            var container = spec.Containers[0] with { SecurityContext = new() { Privileged = name == "c" } };
            await server.CreateAsync(PodAdmissionTests.Pod(name) with { Spec = spec with { HostNetwork = true, Containers = [container] } });
        }


        var e = await FailsAsync(() => LabelAsync(server, ("enforce", "strict")));
        Assert.Equal((422, "Namespace \"demo\" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: \"strict\": must be one of privileged, baseline, restricted"), (e.Code, e.Message));

        var warnings = await LabelAsync(server, ("enforce", "baseline"));
        Assert.Equal(
            [
                "existing pods in namespace \"demo\" violate the new PodSecurity enforce level \"baseline:latest\"",
                "a (and 1 other pod): host namespaces",
                "c: host namespaces, privileged",
            ],
            warnings);

        // What is there may still be written as long as what runs does not change.
        var pod = await server.GetAsync<Pod>("a");
        await server.UpdateAsync(pod with { Metadata = pod.Metadata with { Labels = new Dictionary<string, string> { ["x"] = "y" } } });
        pod = await server.GetAsync<Pod>("a");
        e = await FailsAsync(() => server.UpdateAsync(pod with { Spec = pod.Spec with { Containers = [pod.Spec.Containers[0] with { Image = "other" }] } }));
        Assert.Contains("violates PodSecurity \"baseline:latest\": host namespaces (hostNetwork=true)", e.Message, StringComparison.Ordinal);
    }

    private static string Plain(string security, string more = "") =>
        $"{more}\"containers\":[{{\"name\":\"a\",\"image\":\"i\"{(security.Length > 0 ? ",\"securityContext\":" + security : "")}}}]";

    private static async Task<List<string>> LabelAsync(TestServer server, params (string Name, string Value)[] labels)
    {
        var warnings = new List<string>();
        var ns = await server.GetAsync<Namespace>("demo", "");
        await server.Verbs.UpdateAsync(
            server.Of<Namespace>(), new("", "demo"), "", ns with { Metadata = ns.Metadata with { Labels = labels.ToDictionary(l => "pod-security.kubernetes.io/" + l.Name, l => l.Value) } }, Admin with { Warn = warnings.Add }, Ct);
        return warnings;
    }
}
