using KubeSharp.Controllers.Policies;
using KubeSharp.Objects.AdmissionregistrationV1;
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
        Assert.StartsWith("apps/v1, Kind=Deployment: ERROR: <input>:1:12: undefined field 'nothing'", warnings[1].Warning, StringComparison.Ordinal);
    }
}
