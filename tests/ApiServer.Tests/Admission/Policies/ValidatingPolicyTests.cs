using System.Text;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Authorization;
using KubeSharp.Objects.AdmissionregistrationV1;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Admission.Policies;

public sealed class ValidatingPolicyTests
{
    private const string ConfigMaps = """ "matchConstraints":{"resourceRules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE","UPDATE"],"resources":["configmaps"]}]}""";

    [Theory]
    [InlineData("""{"expression":"object.data.size() > 1","message":" needs two "}""", "needs two", 422, "Invalid")]
    [InlineData("""{"expression":"object.data.size() > 1","messageExpression":"'has only ' + string(variables.count)"}""", "has only 1", 422, "Invalid")]
    [InlineData("""{"expression":"object.data.size() > 1","messageExpression":"'two\\nlines'"}""", "failed expression: object.data.size() > 1", 422, "Invalid")]
    [InlineData("""{"expression":"variables.twice == 4","reason":"Forbidden"}""", "failed expression: variables.twice == 4", 403, "Forbidden")]
    [InlineData("""{"expression":"request.userInfo.username != 'admin'","message":"not him"}""", "not him", 422, "Invalid")]
    [InlineData("""{"expression":"namespaceObject.metadata.name != 'demo'","message":"not here"}""", "not here", 422, "Invalid")]
    [InlineData("""{"expression":"oldObject != null || request.operation != 'CREATE'","message":"no creates"}""", "no creates", 422, "Invalid")]
    [InlineData("""{"expression":"authorizer.group('').resource('secrets').namespace('demo').check('delete').allowed()","message":"no right"}""", "no right", 422, "Invalid")]
    [InlineData("""{"expression":"request.namespace != 'demo' && request.resource.resource == 'configmaps'","message":"not there"}""", "not there", 422, "Invalid")]
    [InlineData("""{"expression":"object.spec.replicas > 1"}""", "expression 'object.spec.replicas > 1' resulted in error: no such key: spec", 422, "Invalid")]
    public async Task A_write_that_violates_a_bound_policy_is_refused_in_upstreams_words(string validation, string why, int code, string reason)
    {
        await using var server = await StartAsync();
        server.Core.Authorizer = new RbacAuthorizer(server.Core.Objects);
        await PolicyAsync(server, $$"""{{ConfigMaps}},"variables":[{"name":"count","expression":"object.data.size()"},{"name":"twice","expression":"variables.count * 2"}],"validations":[{{validation}}]""");
        await server.CreateAsync(ConfigMap("unbound", ("k", "v")));
        await BindAsync(server, """ "validationActions":["Deny"]""");

        var user = Admin with { User = new Identity("admin", []) };
        var e = await FailsAsync(() => server.Verbs.CreateAsync(server.ConfigMaps, ConfigMap("a", ("k", "v")), user, Ct));
        var message = $"ValidatingAdmissionPolicy 'p' with binding 'b' denied request: {why}";
        Assert.Equal((code, reason, $"configmaps \"a\" is forbidden: {message}"), (e.Code, e.Reason, e.Message));
        Assert.Equal(message, Assert.Single(e.Status.Details!.Causes).Message);
    }

    [Fact]
    public async Task Parameters_come_by_name_by_selector_or_not_at_all()
    {
        await using var server = await StartAsync();
        await PolicyAsync(server, $$"""{{ConfigMaps}},"paramKind":{"apiVersion":"v1","kind":"Secret"},"validations":[{"expression":"params == null || object.data.size() <= int(params.metadata.annotations.most)","messageExpression":"'at most ' + params.metadata.annotations.most"}]""");
        await BindAsync(server, """ "validationActions":["Deny"],"paramRef":{"name":"limit","namespace":"demo","parameterNotFoundAction":"Deny"}""");

        Assert.EndsWith("failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction", (await FailsAsync(() => server.CreateAsync(ConfigMap("a")))).Message, StringComparison.Ordinal);
        await LimitAsync("limit", "1", "small");
        await server.CreateAsync(ConfigMap("a", ("k", "v")));
        Assert.EndsWith("denied request: at most 1", (await FailsAsync(() => server.CreateAsync(ConfigMap("b", ("k", "v"), ("l", "v"))))).Message, StringComparison.Ordinal);

        await BindAsync(server, """ "validationActions":["Deny"],"paramRef":{"selector":{"matchLabels":{"size":"big"}},"parameterNotFoundAction":"Allow"}""", isNew: false);
        await server.CreateAsync(ConfigMap("b", ("k", "v"), ("l", "v")));
        await LimitAsync("three", "3", "big");
        await LimitAsync("zero", "0", "big");
        Assert.EndsWith("denied request: at most 0", (await FailsAsync(() => server.CreateAsync(ConfigMap("c", ("k", "v"))))).Message, StringComparison.Ordinal);

        await PolicyAsync(server, $$"""{{ConfigMaps}},"paramKind":{"apiVersion":"no.example.com/v1","kind":"Limit"},"validations":[{"expression":"true"}]""", isNew: false);
        Assert.EndsWith("failed to configure binding: paramKind kind `no.example.com/v1, Kind=Limit` not known", (await FailsAsync(() => server.CreateAsync(ConfigMap("c")))).Message, StringComparison.Ordinal);

        Task LimitAsync(string name, string most, string size) => server.CreateAsync(new Secret
        {
            Metadata = new() { Name = name, Namespace = "demo", Annotations = new Dictionary<string, string> { ["most"] = most }, Labels = new Dictionary<string, string> { ["size"] = size } },
            Type = "Opaque",
        });
    }

    [Fact]
    public async Task A_binding_may_warn_and_note_instead_of_refusing()
    {
        await using var server = await StartAsync();
        await PolicyAsync(server, $$"""{{ConfigMaps}},"validations":[{"expression":"true"},{"expression":"false","message":"never"}],"auditAnnotations":[{"key":"size","valueExpression":"'has ' + string(object.data.size())"},{"key":"none","valueExpression":"null"}]""");
        await BindAsync(server, """ "validationActions":["Warn","Audit"]""");
        var warnings = new List<string>();
        var options = Admin with { Warn = warnings.Add, AuditAnnotations = new Dictionary<string, string>() };
        await server.Verbs.CreateAsync(server.ConfigMaps, ConfigMap("a", ("k", "v")), options, Ct);

        Assert.Equal("Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': never", Assert.Single(warnings));
        Assert.Equal("""[{"message":"never","policy":"p","binding":"b","expressionIndex":1,"validationActions":["Warn","Audit"]}]""", options.AuditAnnotations["validation.policy.admission.k8s.io/validation_failure"]);
        Assert.Equal(("has 1", false), (options.AuditAnnotations["p/size"], options.AuditAnnotations.ContainsKey("p/none")));
    }

    [Theory]
    [InlineData("""{"expression":"object.nothing.here == 1"}""")]
    [InlineData("""{"expression":"[1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9].all(b, [1,2,3,4,5,6,7,8,9].all(c, [1,2,3,4,5,6,7,8,9].all(d, [1,2,3,4,5,6,7,8,9].all(e, [1,2,3,4,5,6,7,8,9].all(f, a+b+c+d+e+f > 0))))))"}""")]
    public async Task An_expression_that_fails_fails_by_its_policy(string validation)
    {
        await using var server = await StartAsync();
        await PolicyAsync(server, $$"""{{ConfigMaps}},"failurePolicy":"Fail","validations":[{{validation}}]""");
        await BindAsync(server, """ "validationActions":["Deny"]""");
        Assert.Equal(422, (await FailsAsync(() => server.CreateAsync(ConfigMap("a")))).Code);

        await PolicyAsync(server, $$"""{{ConfigMaps}},"failurePolicy":"Ignore","validations":[{{validation}}]""", isNew: false);
        await server.CreateAsync(ConfigMap("a"));
    }

    [Fact]
    public async Task Constraints_and_conditions_choose_what_a_policy_is_about()
    {
        await using var server = await StartAsync();
        await PolicyAsync(server, """
            "matchConstraints":{"resourceRules":[{"apiGroups":["*"],"apiVersions":["*"],"operations":["*"],"resources":["*"]}],"excludeResourceRules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["*"],"resources":["configmaps"],"resourceNames":["spared"]}]},
            "matchConditions":[{"name":"not-me","expression":"request.userInfo.username != 'robot'"}],
            "validations":[{"expression":"false","message":"no"}]
            """);
        await server.CreateAsync(new Namespace { Metadata = new() { Name = "open", Labels = new Dictionary<string, string> { ["open"] = "yes" } } });
        await BindAsync(server, """ "validationActions":["Deny"],"matchResources":{"namespaceSelector":{"matchExpressions":[{"key":"open","operator":"DoesNotExist"}]}}""");

        await FailsAsync(() => server.CreateAsync(ConfigMap("a")));
        await server.CreateAsync(ConfigMap("spared"));
        await server.CreateAsync(ConfigMap("a") with { Metadata = new() { Name = "a", Namespace = "open" } });
        await server.Verbs.CreateAsync(server.ConfigMaps, ConfigMap("b"), Admin with { User = new Identity("robot", []) }, Ct);

        // Nothing stands before the policies themselves.
        await server.DeleteAsync<ValidatingAdmissionPolicyBinding>("b");
        await server.CreateAsync(ConfigMap("a"));
    }

    private static Task PolicyAsync(TestServer server, string spec, bool isNew = true) =>
        WriteAsync<ValidatingAdmissionPolicy>(server, "p", Encoding.UTF8.GetBytes("""{"metadata":{"name":"p"},"spec":{SPEC}}""".Replace("SPEC", spec, StringComparison.Ordinal)), isNew);

    private static Task BindAsync(TestServer server, string spec, bool isNew = true) =>
        WriteAsync<ValidatingAdmissionPolicyBinding>(server, "b", Encoding.UTF8.GetBytes("""{"metadata":{"name":"b"},"spec":{"policyName":"p",SPEC}}""".Replace("SPEC", spec, StringComparison.Ordinal)), isNew);

    internal static async Task WriteAsync<T>(TestServer server, string name, byte[] json, bool isNew)
        where T : class, IObject<T>
    {
        var obj = Json.Decode<T>(json);
        if (isNew)
            await server.CreateAsync(obj);
        else
            await server.UpdateAsync(obj.With(obj.Metadata with { ResourceVersion = (await server.GetAsync<T>(name, "")).Metadata.ResourceVersion }));
    }
}
