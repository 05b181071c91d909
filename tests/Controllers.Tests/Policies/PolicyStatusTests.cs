using KubeSharp.Controllers.Policies;
using KubeSharp.Objects.AdmissionregistrationV1;
using KubeSharp.Objects.ApiextensionsV1;
using static KubeSharp.Controllers.Tests.ControllerServer;

namespace KubeSharp.Controllers.Tests.Policies;

public sealed class PolicyStatusTests
{
    [Fact]
    public async Task A_policy_is_told_which_expressions_cannot_work()
    {
        await using var server = await StartAsync();
        server.Run(new PolicyStatusController(server.Client));
        await server.Client.CreateAsync(new ValidatingAdmissionPolicy
        {
            Metadata = new() { Name = "p" },
            Spec = new()
            {
                MatchConstraints = new() { ResourceRules = [new() { ApiGroups = ["apps"], ApiVersions = ["v1"], Operations = ["CREATE"], Resources = ["deployments"] }] },
                Variables = [new() { Name = "replicas", Expression = "object.spec.replicas" }],
                Validations =
                [
                    new() { Expression = "variables.replicas > 1 && object.metadata.name.startsWith('a') && object.spec.template.spec.containers.all(c, c.image != '')" },
                    new() { Expression = "object.spec.replicas > '1'" },
                    new() { Expression = "object.spec.nothing == 1", MessageExpression = "'has ' + string(variables.replicas)" },
                ],
            },
        }, Ct);

        var policy = await server.UntilAsync<ValidatingAdmissionPolicy>("p", p => p?.Status.TypeChecking is not null);
        Assert.Equal(policy.Metadata.Generation, policy.Status.ObservedGeneration);
        var warnings = policy.Status.TypeChecking!.ExpressionWarnings;
        Assert.Equal(["spec.validations[1].expression", "spec.validations[2].expression"], warnings.Select(w => w.FieldRef));
        Assert.StartsWith("apps/v1, Kind=Deployment: ERROR: <input>:1:22: found no matching overload for '_>_' applied to '(int, string)'", warnings[0].Warning, StringComparison.Ordinal);
        Assert.Equal(
            "apps/v1, Kind=Deployment: ERROR: <input>:1:12: undefined field 'nothing'\n | object.spec.nothing == 1\n | ...........^\n",
            warnings[1].Warning);
    }

    [Fact]
    public async Task A_policy_about_custom_resources_is_read_again_when_their_definition_changes()
    {
        await using var server = await StartAsync();
        server.Run(new PolicyStatusController(server.Client));
        await server.Client.CreateAsync(new ValidatingAdmissionPolicy
        {
            Metadata = new() { Name = "p" },
            Spec = new()
            {
                ParamKind = new() { ApiVersion = "example.com/v1", Kind = "Widget" },
                MatchConstraints = new() { ResourceRules = [new() { ApiGroups = ["example.com"], ApiVersions = ["v1"], Operations = ["CREATE"], Resources = ["widgets"] }] },
                Validations =
                [
                    new() { Expression = "object.metadata.labels.all(k, k != '') && object.spec.size > 1" },
                    new() { Expression = "object.spec.colour == 'red' && params.spec.size == 2" },
                ],
            },
        }, Ct);
        await server.UntilAsync<ValidatingAdmissionPolicy>("p", p => p?.Status.TypeChecking is { ExpressionWarnings.Count: 0 });

        // Nothing has changed in the policy itself, now or later.
        var definition = await server.Client.CreateAsync(Widgets("""{"size":{"type":"integer"}}"""), Ct);
        var policy = await server.UntilAsync<ValidatingAdmissionPolicy>("p", p => p?.Status.TypeChecking is { ExpressionWarnings.Count: > 0 });
        var warning = Assert.Single(policy.Status.TypeChecking!.ExpressionWarnings);
        Assert.Equal("spec.validations[1].expression", warning.FieldRef);
        Assert.StartsWith("example.com/v1, Kind=Widget: ERROR: <input>:1:12: undefined field 'colour'", warning.Warning, StringComparison.Ordinal);

        definition = (await server.Client.FindAsync<CustomResourceDefinition>(ObjectKey.Of(definition), Ct))!;
        await server.Client.UpdateAsync(definition with { Spec = Widgets("""{"size":{"type":"integer"},"colour":{"type":"string"}}""").Spec }, Ct);
        await server.UntilAsync<ValidatingAdmissionPolicy>("p", p => p?.Status.TypeChecking is { ExpressionWarnings.Count: 0 });
    }

    private static CustomResourceDefinition Widgets(string properties) => Json.Decode<CustomResourceDefinition>(System.Text.Encoding.UTF8.GetBytes(
        """
        {"metadata":{"name":"widgets.example.com"},"spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"widgets","kind":"Widget"},
        "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":PROPERTIES}}}}}]}}
        """.Replace("PROPERTIES", properties, StringComparison.Ordinal)));
}
