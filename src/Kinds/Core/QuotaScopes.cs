namespace KubeSharp.Kinds.Core;

/// <summary>What a quota counts: a scope narrows it, and makes sense for some resources only.</summary>
internal static class QuotaScopes
{
    private const string Unsupported = "unsupported scope";
    private const string NotForResource = "unsupported scope applied to resource";

    private static readonly HashSet<string> Scopes =
        ["Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity", "VolumeAttributesClass"];

    private static readonly (string, string)[] Contradictions = [("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating")];

    private static readonly HashSet<string> Standard =
    [
        "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.storage", "requests.ephemeral-storage", "limits.cpu", "limits.memory",
        "limits.ephemeral-storage", "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "persistentvolumeclaims", "configmaps",
        "services.nodeports", "services.loadbalancers",
    ];

    private static readonly HashSet<string> PodCounts = ["count/pods", "pods"];

    private static readonly HashSet<string> PodAmounts = ["cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"];

    private static readonly HashSet<string> ClaimAmounts = ["count/persistentvolumeclaims", "persistentvolumeclaims", "requests.storage"];

    public static bool IsStandard(string resource) => Standard.Contains(resource)
        || resource.StartsWith("hugepages-", StringComparison.Ordinal) || resource.StartsWith("requests.hugepages-", StringComparison.Ordinal);

    public static void Validate(ResourceQuotaSpec spec, Findings findings)
    {
        foreach (var scope in spec.Scopes)
        {
            if (!Scopes.Contains(scope))
                findings.Invalid("spec.scopes", spec.Scopes, Unsupported);
            foreach (var _ in Misplaced(spec, scope))
                findings.Invalid("spec.scopes", spec.Scopes, NotForResource);
        }

        foreach (var _ in Contradictory(spec.Scopes))
            findings.Invalid("spec.scopes", spec.Scopes, "conflicting scopes");
        if (spec.ScopeSelector is { } selector)
            Selector(spec, selector, findings);
    }

    private static void Selector(ResourceQuotaSpec spec, ScopeSelector selector, Findings findings)
    {
        const string Field = "spec.scopeSelector.matchExpressions";
        foreach (var expression in selector.MatchExpressions)
        {
            if (!Scopes.Contains(expression.ScopeName))
                findings.Invalid($"{Field}.scopeName", expression.ScopeName, Unsupported);
            foreach (var _ in Misplaced(spec, expression.ScopeName))
                findings.Invalid(Field, selector, NotForResource);
            if (expression.ScopeName is "BestEffort" or "NotBestEffort" or "Terminating" or "NotTerminating" or "CrossNamespacePodAffinity" && expression.Operator != "Exists")
                findings.Invalid($"{Field}.operator", expression.Operator, "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity");
            switch (expression.Operator)
            {
                case "In" or "NotIn":
                    if (expression.Values.Count == 0)
                        findings.Required($"{Field}.values", "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
                    break;
                case "Exists" or "DoesNotExist":
                    if (expression.Values.Count > 0)
                        findings.Invalid($"{Field}.values", expression.Values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
                    break;
                default:
                    findings.Invalid($"{Field}.operator", expression.Operator, "not a valid selector operator");
                    break;
            }
        }

        foreach (var _ in Contradictory([.. selector.MatchExpressions.Select(e => e.ScopeName)]))
            findings.Invalid("spec.scopeSelector", selector.MatchExpressions, "conflicting scopes");
    }

    private static IEnumerable<(string, string)> Contradictory(IReadOnlyList<string> scopes) => Contradictions.Where(c => scopes.Contains(c.Item1) && scopes.Contains(c.Item2));

    private static IEnumerable<string> Misplaced(ResourceQuotaSpec spec, string scope) => spec.Hard.Keys.Where(r => IsStandard(r) && !Fits(scope, r));

    private static bool Fits(string scope, string resource) => scope switch
    {
        "Terminating" or "NotTerminating" or "NotBestEffort" or "PriorityClass" or "CrossNamespacePodAffinity" => PodCounts.Contains(resource) || PodAmounts.Contains(resource),
        "BestEffort" => PodCounts.Contains(resource),
        "VolumeAttributesClass" => ClaimAmounts.Contains(resource),
        _ => true,
    };
}
