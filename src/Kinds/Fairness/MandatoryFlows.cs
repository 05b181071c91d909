using KubeSharp.Objects.FlowcontrolV1;

namespace KubeSharp.Kinds.Fairness;

/// <summary>The schemas and levels that every server has and nobody may change: what is exempt, and what takes the rest.</summary>
public static class MandatoryFlows
{
    public const string Exempt = "exempt";
    public const string CatchAll = "catch-all";

    public static FlowSchemaSpec? Schema(string name) => name switch
    {
        Exempt => Spec(Exempt, 1, null, "system:masters"),
        CatchAll => Spec(CatchAll, 10_000, new() { Type = "ByUser" }, "system:unauthenticated", "system:authenticated"),
        _ => null,
    };

    public static PriorityLevelConfigurationSpec? Level(string name) => name switch
    {
        Exempt => new() { Type = "Exempt", Exempt = new() { NominalConcurrencyShares = 0, LendablePercent = 0 } },
        CatchAll => new() { Type = "Limited", Limited = new() { NominalConcurrencyShares = 5, LendablePercent = 0, LimitResponse = new() { Type = "Reject" } } },
        _ => null,
    };

    private static FlowSchemaSpec Spec(string level, int precedence, FlowDistinguisherMethod? method, params string[] groups) => new()
    {
        PriorityLevelConfiguration = new() { Name = level },
        MatchingPrecedence = precedence,
        DistinguisherMethod = method,
        Rules =
        [
            new()
            {
                Subjects = [.. groups.Select(g => new Objects.FlowcontrolV1.Subject { Kind = "Group", Group = new() { Name = g } })],
                ResourceRules = [new() { Verbs = ["*"], ApiGroups = ["*"], Resources = ["*"], ClusterScope = true, Namespaces = ["*"] }],
                NonResourceRules = [new() { Verbs = ["*"], NonResourceURLs = ["*"] }],
            },
        ],
    };
}
