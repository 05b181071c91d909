using System.Text.Json.Nodes;

namespace KubeSharp.Kinds.Tests;

/// <summary>CEL is checked when it is written: what may be named where, what must come out, and where upstream points when something is wrong.</summary>
public sealed class ExpressionRulesTests
{
    private const string Match = """ "failurePolicy":"Fail","matchConstraints":{"matchPolicy":"Exact","namespaceSelector":{},"objectSelector":{},"resourceRules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE"],"resources":["pods"],"scope":"*"}]}""";
    private const string Patch = """[JSONPatch{op: 'test', path: '/a', value: 1}] + (has(object.b) ? [JSONPatch{op: 'remove', path: '/b'}] : [])""";
    private const string Costly = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].all(x, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].all(y, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].all(z, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].all(z2, "
        + "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].all(z3, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].all(z4, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].all(z5, int('1'.find('[0-9]*')) < 100)))))))";

    [Theory]
    [InlineData("object.metadata.name == 'a' && request.operation == 'CREATE' && authorizer.requestResource.check('x').allowed()", null)]
    [InlineData("  true ", null)]
    [InlineData("nobody == 1", "compilation failed: ERROR: <input>:1:1: undeclared reference to 'nobody' (in container '')\n | nobody == 1\n | ^")]
    [InlineData("object.a == 1 &&\n  params.b", "compilation failed: ERROR: <input>:2:3: undeclared reference to 'params' (in container '')\n |   params.b\n | ..^")]
    [InlineData("variables.a", "compilation failed: ERROR: <input>:1:1: undeclared reference to 'variables' (in container '')\n | variables.a\n | ^")]
    [InlineData("object.a", "must evaluate to bool but got dyn")]
    [InlineData("request.namspace == ''", "compilation failed: ERROR: <input>:1:8: undefined field 'namspace'\n | request.namspace == ''\n | .......^")]
    public void A_webhooks_condition(string expression, string? why)
    {
        foreach (var kind in new[] { "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration" })
        {
            var hook = Hook(new() { ["name"] = "c", ["expression"] = expression });
            Check("admissionregistration.k8s.io/v1", kind, new() { ["webhooks"] = new JsonArray(hook) }, "webhooks[0].matchConditions[0].expression", expression.Trim(), why);
        }
    }

    [Theory]
    [InlineData("validations[0].expression", "variables.two > params.most && object.a", null)]
    [InlineData("validations[0].expression", "variables.three", "compilation failed: ERROR: <input>:1:10: undefined field 'three'\n | variables.three\n | .........^")]
    [InlineData("validations[0].expression", "variables.two", "must evaluate to bool but got int")]
    [InlineData("validations[0].expression", "Object{a: 1} != null", "compilation failed: ERROR: <input>:1:7: undeclared reference to 'Object' (in container '')\n | Object{a: 1} != null\n | ......^")]
    [InlineData("validations[0].messageExpression", "'more than ' + string(variables.two) + params.most", null)]
    [InlineData("validations[0].messageExpression", "variables.two", "must evaluate to string but got int")]
    [InlineData("validations[0].messageExpression", "authorizer.path('/').check('get').reason()", "compilation failed: ERROR: <input>:1:1: undeclared reference to 'authorizer' (in container '')\n | authorizer.path('/').check('get').reason()\n | ^")]
    [InlineData("auditAnnotations[0].valueExpression", " variables.one == 1 ? 'one' : string(object.a) ", null)]
    [InlineData("auditAnnotations[0].valueExpression", "null", null)]
    [InlineData("auditAnnotations[0].valueExpression", " variables.one", "must evaluate to one of [string null_type] but got int")]
    [InlineData("matchConditions[0].expression", "params.a == 1", null)]
    [InlineData("matchConditions[0].expression", "variables.one == 1", "compilation failed: ERROR: <input>:1:1: undeclared reference to 'variables' (in container '')\n | variables.one == 1\n | ^")]
    [InlineData("variables[1].expression", "variables.one + size(request.userInfo.groups)", null)]
    [InlineData("variables[1].expression", "variables.two + 1", "compilation failed: ERROR: <input>:1:10: undefined field 'two'\n | variables.two + 1\n | .........^")]
    [InlineData("variables[1].expression", "1 + '1'", "compilation failed: ERROR: <input>:1:3: found no matching overload for '_+_' applied to '(int, string)'\n | 1 + '1'\n | ..^")]
    public void An_expression_of_a_validating_policy(string field, string expression, string? why)
    {
        var spec = Spec("""
            "paramKind":{"apiVersion":"v1","kind":"ConfigMap"},"matchConditions":[{"name":"c","expression":"true"}],
            "variables":[{"name":"one","expression":"1"},{"name":"two","expression":"variables.one + 1"}],
            "validations":[{"expression":"true","messageExpression":"'no'"}],"auditAnnotations":[{"key":"k","valueExpression":"'v'"}]
            """);
        Put(spec, field, expression);
        Check("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", new() { ["spec"] = spec }, "spec." + field, field.StartsWith('m') ? expression.Trim() : expression, why);
    }

    [Theory]
    [InlineData("mutations[0].applyConfiguration.expression", "Object{spec: Object.spec{replicas: variables.one, names: [params.a]}}", null)]
    [InlineData("mutations[0].applyConfiguration.expression", "'text'", "must evaluate to Object but got string")]
    [InlineData("mutations[0].applyConfiguration.expression", "object", "must evaluate to Object but got dyn")]
    [InlineData("mutations[1].jsonPatch.expression", Patch, null)]
    [InlineData("mutations[1].jsonPatch.expression", "[1]", "must evaluate to list(JSONPatch) but got list(int)")]
    [InlineData("mutations[1].jsonPatch.expression", "[JSONPatch{ops: 'test'}]", "compilation failed: ERROR: <input>:1:15: undefined field 'ops'\n | [JSONPatch{ops: 'test'}]\n | ..............^")]
    [InlineData("variables[0].expression", "Object{a: 1}", "compilation failed: ERROR: <input>:1:7: undeclared reference to 'Object' (in container '')\n | Object{a: 1}\n | ......^")]
    public void An_expression_of_a_mutating_policy(string field, string expression, string? why)
    {
        var spec = Spec("""
            "reinvocationPolicy":"Never","paramKind":{"apiVersion":"v1","kind":"ConfigMap"},"variables":[{"name":"one","expression":"1"}],
            "mutations":[{"patchType":"ApplyConfiguration","applyConfiguration":{"expression":"Object{}"}},{"patchType":"JSONPatch","jsonPatch":{"expression":"[JSONPatch{op: 'remove', path: '/a'}]"}}]
            """);
        Put(spec, field, expression);
        Check("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy", new() { ["spec"] = spec }, "spec." + field, expression, why);
    }

    [Theory]
    [InlineData("device.driver == 'a' && device.attributes['d.example.com'].model == 'x' && device.capacity['d.example.com'].memory.compareTo(quantity('1Gi')) >= 0", null)]
    [InlineData("cel.bind(d, device.attributes['d.example.com'], d.a && d.version.isGreaterThan(semver('1.0.0')))", null)]
    [InlineData("device.attributes['d.example.com'].isGood", null)]
    [InlineData("device.allowMultipleAllocations", null)]
    [InlineData("1", "must evaluate to bool or the unknown type, not int")]
    [InlineData("dyn(true)", "must evaluate to bool or the unknown type, not dyn")]
    [InlineData("device.name == ''", "compilation failed: ERROR: <input>:1:7: undefined field 'name'\n | device.name == ''\n | ......^")]
    [InlineData("object.a", "compilation failed: ERROR: <input>:1:1: undeclared reference to 'object' (in container '')\n | object.a\n | ^")]
    [InlineData(Costly, "Forbidden: too complex, exceeds cost limit")]
    public void A_selector_of_devices(string expression, string? why)
    {
        JsonArray Selectors() => new(new JsonObject { ["cel"] = new JsonObject { ["expression"] = expression } });
        JsonObject Devices() => new()
        {
            ["requests"] = new JsonArray(new JsonObject
            {
                ["name"] = "r",
                ["exactly"] = new JsonObject { ["deviceClassName"] = "c", ["allocationMode"] = "ExactCount", ["count"] = 1, ["selectors"] = Selectors() },
            }),
        };
        Check("resource.k8s.io/v1", "DeviceClass", new() { ["spec"] = new JsonObject { ["selectors"] = Selectors() } }, "spec.selectors[0].cel.expression", expression, why);
        Check("resource.k8s.io/v1", "ResourceClaim", new() { ["spec"] = new JsonObject { ["devices"] = Devices() } }, "spec.devices.requests[0].exactly.selectors[0].cel.expression", expression, why);
        Check(
            "resource.k8s.io/v1", "ResourceClaimTemplate", new() { ["spec"] = new JsonObject { ["spec"] = new JsonObject { ["devices"] = Devices() } } },
            "spec.spec.devices.requests[0].exactly.selectors[0].cel.expression", expression, why);
    }

    [Fact]
    public void Conditions_that_stay_as_they_are_are_not_looked_at_again_but_others_are()
    {
        JsonObject Configuration(string first, string second) => new()
        {
            ["webhooks"] = new JsonArray(Hook(new() { ["name"] = "a", ["expression"] = first }), Hook(new() { ["name"] = "b", ["expression"] = second }, "two.example.com")),
        };
        var (kind, old) = Decode("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", Configuration("gone()", "true"));
        var (_, same) = Decode("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", Configuration("gone()", "true"));
        var (_, changed) = Decode("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", Configuration("gone()", "false"));

        var findings = new Findings();
        kind.ValidateUpdate(old, same, findings);
        Assert.Empty(findings.Errors);
        kind.ValidateUpdate(old, changed, findings);
        Assert.Equal(["webhooks[0].matchConditions[0].expression"], findings.Errors.Select(e => e.Field));
    }

    private static JsonObject Hook(JsonObject condition, string name = "one.example.com") => new()
    {
        ["name"] = name,
        ["sideEffects"] = "None",
        ["admissionReviewVersions"] = new JsonArray("v1"),
        ["clientConfig"] = new JsonObject { ["url"] = "https://example.com/" },
        ["matchConditions"] = new JsonArray(condition),
    };

    private static JsonObject Spec(string rest) => JsonNode.Parse("{" + Match + "," + rest + "}")!.AsObject();

    /// <param name="path">As findings write it.</param>
    private static void Put(JsonNode node, string path, string value)
    {
        var steps = path.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.');
        foreach (var step in steps[..^1])
            node = int.TryParse(step, out var i) ? node[i]! : node[step]!;
        node[steps[^1]] = value;
    }

    private static void Check(string apiVersion, string name, JsonObject body, string field, string shown, string? why)
    {
        var (kind, obj) = Decode(apiVersion, name, body);
        var findings = new Findings();
        kind.Validate(obj, findings);
        var expected = why is null ? [] : new[] { why.StartsWith("Forbidden", StringComparison.Ordinal) ? $"{field}: {why}" : $"{field}: Invalid value: {Quoted(shown)}: {why}" };
        Assert.Equal(expected, findings.Errors.Select(e => e.ToString()));
    }

    private static string Quoted(string text) => "\"" + text.Replace("\n", "\\n", StringComparison.Ordinal) + "\"";

    private static (Kind Kind, IObject Object) Decode(string apiVersion, string kind, JsonObject body)
    {
        body["apiVersion"] = apiVersion;
        body["kind"] = kind;
        body["metadata"] = new JsonObject { ["name"] = "p" };
        return Goldens.Decode(body);
    }
}
