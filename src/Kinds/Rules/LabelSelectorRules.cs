namespace KubeSharp.Kinds.Rules;

/// <summary>Label selectors (apimachinery's <c>ValidateLabelSelector</c>) and what goes with them.</summary>
internal static class LabelSelectorRules
{
    /// <summary>Whether the selector can be evaluated at all: its operators are known and have the values they need.</summary>
    public static bool IsUsable(LabelSelector? selector) => selector is null || selector.MatchExpressions.All(e => e.Operator switch
    {
        "In" or "NotIn" => e.Values.Count > 0,
        "Exists" or "DoesNotExist" => e.Values.Count == 0,
        _ => false,
    });

    public static bool IsEmpty(LabelSelector selector) => selector.MatchLabels.Count == 0 && selector.MatchExpressions.Count == 0;

    public static void Selector(this Findings findings, string field, LabelSelector? selector)
    {
        if (selector is null)
            return;

        findings.Labels($"{field}.matchLabels", selector.MatchLabels);
        for (var i = 0; i < selector.MatchExpressions.Count; i++)
            Requirement(findings, $"{field}.matchExpressions[{i}]", selector.MatchExpressions[i]);
    }

    /// <summary>The selector of a workload: required, not empty, and matching the labels of its own template.</summary>
    /// <param name="workload">The word of the message about an empty selector.</param>
    /// <param name="unusable">The message about a selector that cannot be evaluated; empty for none.</param>
    /// <returns>The selector, or <see langword="null"/> if it cannot be evaluated.</returns>
    public static Selector? WorkloadSelector(this Findings findings, string field, LabelSelector? selector, string workload, string unusable)
    {
        if (selector is null)
        {
            findings.Required(field);
        }
        else
        {
            findings.Selector(field, selector);
            if (IsEmpty(selector))
                findings.Invalid(field, selector, $"empty selector is invalid for {workload}");
        }

        if (IsUsable(selector))
            return KubeSharp.Machinery.Selector.Of(selector);

        findings.Invalid(field, selector, unusable);
        return null;
    }

    private static void Requirement(Findings findings, string field, LabelSelectorRequirement requirement)
    {
        switch (requirement.Operator)
        {
            case "In" or "NotIn" when requirement.Values.Count == 0:
                findings.Required($"{field}.values", "must be specified when `operator` is 'In' or 'NotIn'");
                break;
            case "Exists" or "DoesNotExist" when requirement.Values.Count > 0:
                findings.Forbidden($"{field}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                break;
            case "In" or "NotIn" or "Exists" or "DoesNotExist":
                break;
            default:
                findings.Invalid($"{field}.operator", requirement.Operator, "not a valid selector operator");
                break;
        }

        findings.Each($"{field}.key", requirement.Key, NameRules.QualifiedName(requirement.Key));
        for (var i = 0; i < requirement.Values.Count; i++)
            findings.Each($"{field}.values[{i}]", requirement.Values[i], NameRules.LabelValue(requirement.Values[i]));
    }
}
