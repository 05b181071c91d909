using System.Text;
using KubeSharp.ApiServer.Audit;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Http;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Tests.Audit;

/// <summary>Which rule decides, and which policies are none.</summary>
public sealed class PolicyTests
{
    private const string Policy = """
        apiVersion: audit.k8s.io/v1
        kind: Policy
        omitStages: [RequestReceived]
        omitManagedFields: true
        rules:
        - {level: None, users: [robot], verbs: [get, list]}
        - {level: None, userGroups: [quiet], nonResourceURLs: ["/healthz*", /version]}
        - {level: RequestResponse, resources: [{group: "", resources: [pods/log, "*/scale"]}], omitStages: [ResponseStarted]}
        - {level: Request, resources: [{group: "", resources: [configmaps], resourceNames: [leader]}], namespaces: [kube-system], omitManagedFields: false}
        - {level: Metadata, resources: [{group: apps, resources: ["deployments/*"]}, {group: "*", resources: [secrets]}]}
        - {level: Request, namespaces: [""]}
        - {level: Metadata, nonResourceURLs: ["/api*"]}
        """;

    [Theory]
    [InlineData("robot", "GET", "/api/v1/namespaces/a/secrets/s", "None")]
    [InlineData("robot", "DELETE", "/api/v1/namespaces/a/secrets/s", "Metadata")]
    [InlineData("member", "GET", "/healthz/etcd", "None")]
    [InlineData("member", "GET", "/version", "None")]
    [InlineData("jane", "GET", "/api/v1/namespaces/a/pods/p/log", "RequestResponse")]
    [InlineData("jane", "GET", "/api/v1/namespaces/a/pods/p", "None")]
    [InlineData("jane", "GET", "/api/v1/namespaces/a/replicationcontrollers/r/scale", "RequestResponse")]
    [InlineData("jane", "GET", "/apis/apps/v1/namespaces/a/replicasets/r/scale", "None")]
    [InlineData("jane", "PUT", "/api/v1/namespaces/kube-system/configmaps/leader", "Request")]
    [InlineData("jane", "PUT", "/api/v1/namespaces/kube-system/configmaps/other", "None")]
    [InlineData("jane", "PUT", "/api/v1/namespaces/a/configmaps/leader", "None")]
    [InlineData("jane", "GET", "/apis/apps/v1/namespaces/a/deployments/d/status", "Metadata")]
    [InlineData("jane", "GET", "/apis/apps/v1/namespaces/a/deployments", "Metadata")]
    [InlineData("jane", "GET", "/apis/example.com/v1/namespaces/a/secrets", "Metadata")]
    [InlineData("jane", "GET", "/api/v1/nodes", "Request")]
    [InlineData("jane", "GET", "/apis", "Metadata")]
    [InlineData("jane", "GET", "/metrics", "None")]
    [InlineData("", "GET", "/api/v1/namespaces/a/secrets/s", "Metadata")]
    public void The_first_rule_that_fits_decides(string user, string method, string path, string level)
    {
        var identity = user.Length == 0 ? null : new Identity(user, user == "member" ? ["quiet"] : []);

        Assert.Equal(level, Parse(Policy).TermsFor(identity, RequestInfo.Parse(method, path, new QueryCollection())).Level.ToString());
    }

    [Fact]
    public void Stages_are_omitted_together_and_managed_fields_as_the_rule_says()
    {
        var log = Terms("/api/v1/namespaces/a/pods/p/log");
        Assert.Equal((AuditStages.RequestReceived | AuditStages.ResponseStarted, true), (log.Omitted, log.OmitsManagedFields));
        Assert.False(Terms("/api/v1/namespaces/kube-system/configmaps/leader").OmitsManagedFields);
    }

    [Theory]
    [InlineData("rules: [{level: Metadata}]", "failed decoding: Object 'Kind' is missing in 'rules: [{level: Metadata}]'")]
    [InlineData("{kind: Policy, apiVersion: audit.k8s.io/v1beta1, rules: []}", "failed decoding: no kind \"Policy\" is registered for version \"audit.k8s.io/v1beta1\": the policy must be a Policy of audit.k8s.io/v1")]
    [InlineData("{kind: Policy, apiVersion: audit.k8s.io/v1, rules: []}", "loaded illegal policy with 0 rules")]
    [InlineData("{kind: Policy, apiVersion: audit.k8s.io/v1, rules: [{level: Metadata, user: [a]}]}", "strict decoding error: unknown field \"rules[0].user\"")]
    [InlineData("{\"kind\":\"Policy\",\"apiVersion\":\"audit.k8s.io/v1\",\"rules\":[{}]}", "rules[0].level: Required value")]
    [InlineData("{kind: Policy, apiVersion: audit.k8s.io/v1, rules: [{level: All}]}", "rules[0].level: Unsupported value: \"All\": supported values: \"None\", \"Metadata\", \"Request\", \"RequestResponse\"")]
    [InlineData("{kind: Policy, apiVersion: audit.k8s.io/v1, rules: [{level: None, nonResourceURLs: [logs, /a*b]}]}", "[rules[0].nonResourceURLs[0]: Invalid value: \"logs\": non-resource URL rules must begin with a '/' character, rules[0].nonResourceURLs[1]: Invalid value: \"/a*b\": non-resource URL wildcards '*' must be the final character of the rule]")]
    [InlineData("{kind: Policy, apiVersion: audit.k8s.io/v1, rules: [{level: None, nonResourceURLs: [/a], namespaces: [b]}]}", "rules[0].nonResourceURLs: Invalid value: [\"/a\"]: rules cannot apply to both regular resources and non-resource URLs")]
    [InlineData("{kind: Policy, apiVersion: audit.k8s.io/v1, rules: [{level: None, resources: [{group: \"\", resourceNames: [a]}]}]}", "rules[0].resources.resourceNames: Invalid value: [\"a\"]: using resourceNames requires at least one resource")]
    [InlineData("{kind: Policy, apiVersion: audit.k8s.io/v1, omitStages: [Begin], rules: [{level: None}]}", "omitStages[0]: Invalid value: \"Begin\": allowed stages are RequestReceived,ResponseStarted,ResponseComplete,Panic")]
    public void A_bad_policy_is_refused_in_upstreams_words(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => Parse(text)).Message);

    [Theory]
    [InlineData("")]
    [InlineData("\t- a: [")]
    [InlineData("{kind: Policy, apiVersion: audit.k8s.io/v1, rules: [{level: 1}]}")]
    [InlineData("[]")]
    public void What_is_no_policy_at_all_is_refused_with_a_message(string text) =>
        Assert.StartsWith("failed decoding: ", Assert.Throws<FormatException>(() => Parse(text)).Message, StringComparison.Ordinal);

    private static AuditTerms Terms(string path) => Parse(Policy).TermsFor(new("jane", []), RequestInfo.Parse("GET", path, new QueryCollection()));

    private static AuditPolicy Parse(string text) => AuditPolicy.Parse(Encoding.UTF8.GetBytes(text));
}
