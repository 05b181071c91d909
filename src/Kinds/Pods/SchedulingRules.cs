using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Pods;

/// <summary>Gates, tolerations and topology spread: what the scheduler reads besides affinity.</summary>
internal static class SchedulingRules
{
    public static void Gates(PodSpec spec, string path, Findings findings)
    {
        for (var i = 0; i < spec.ReadinessGates.Count; i++)
        {
            var condition = spec.ReadinessGates[i].ConditionType;
            findings.Each($"{path}.readinessGates[{i}].conditionType", condition, NameRules.QualifiedName(condition));
        }

        var seen = new HashSet<string>();
        for (var i = 0; i < spec.SchedulingGates.Count; i++)
        {
            var gate = spec.SchedulingGates[i].Name;
            findings.Each($"{path}.schedulingGates[{i}]", gate, NameRules.QualifiedName(gate));
            if (!seen.Add(gate))
                findings.Duplicate($"{path}.schedulingGates[{i}]", gate);
        }
    }

    public static void Tolerations(IReadOnlyList<Toleration> tolerations, string path, Findings findings)
    {
        for (var i = 0; i < tolerations.Count; i++)
            Toleration($"{path}[{i}]", tolerations[i], findings);
    }

    public static void Effect(string field, string effect, Findings findings) =>
        findings.OneOf(field, effect, "NoSchedule", "PreferNoSchedule", "NoExecute");

    public static void Spread(IReadOnlyList<TopologySpreadConstraint> constraints, string path, Findings findings)
    {
        for (var i = 0; i < constraints.Count; i++)
        {
            var constraint = constraints[i];
            Constraint($"{path}[{i}]", constraint, findings);
            if (constraints.Skip(i + 1).Any(o => (o.TopologyKey, o.WhenUnsatisfiable) == (constraint.TopologyKey, constraint.WhenUnsatisfiable)))
                findings.Duplicate($"{path}[{i}].{{topologyKey, whenUnsatisfiable}}", $"{{{constraint.TopologyKey}, {constraint.WhenUnsatisfiable}}}");
        }
    }

    private static void Toleration(string path, Toleration toleration, Findings findings)
    {
        if (toleration.Key.Length > 0)
            findings.Each($"{path}.key", toleration.Key, NameRules.QualifiedName(toleration.Key));
        else if (toleration.Operator != "Exists")
            findings.Invalid($"{path}.operator", toleration.Operator, "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");

        if (toleration.TolerationSeconds is not null && toleration.Effect != "NoExecute")
            findings.Invalid($"{path}.effect", toleration.Effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");

        switch (toleration.Operator)
        {
            case "" or "Equal":
                if (NameRules.LabelValue(toleration.Value).ToList() is { Count: > 0 } problems)
                    findings.Invalid($"{path}.operator", toleration.Value, string.Join(';', problems));
                break;
            case "Exists":
                if (toleration.Value.Length > 0)
                    findings.Invalid($"{path}.operator", toleration.Value, "value must be empty when `operator` is 'Exists'");
                break;
            default:
                findings.NotOneOf($"{path}.operator", toleration.Operator, "Equal", "Exists");
                break;
        }

        if (toleration.Effect.Length > 0)
            Effect($"{path}.effect", toleration.Effect, findings);
    }

    private static void Constraint(string path, TopologySpreadConstraint constraint, Findings findings)
    {
        const string Positive = "must be greater than zero";
        if (constraint.MaxSkew <= 0)
            findings.Invalid($"{path}.maxSkew", constraint.MaxSkew, Positive);

        if (constraint.TopologyKey.Length == 0)
            findings.Required($"{path}.topologyKey", "can not be empty");
        else
            findings.Each($"{path}.topologyKey", constraint.TopologyKey, NameRules.QualifiedName(constraint.TopologyKey));

        findings.OptionalOneOf($"{path}.whenUnsatisfiable", constraint.WhenUnsatisfiable, "DoNotSchedule", "ScheduleAnyway");
        if (constraint.MinDomains <= 0)
            findings.Invalid($"{path}.minDomains", constraint.MinDomains, Positive);
        else if (constraint.MinDomains is not null && constraint.WhenUnsatisfiable != "DoNotSchedule")
            findings.Invalid($"{path}.minDomains", constraint.MinDomains, $"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {constraint.WhenUnsatisfiable}");

        findings.OptionalOneOf($"{path}.nodeAffinityPolicy", constraint.NodeAffinityPolicy, "Honor", "Ignore");
        findings.OptionalOneOf($"{path}.nodeTaintsPolicy", constraint.NodeTaintsPolicy, "Honor", "Ignore");
        if (constraint.MatchLabelKeys.Count > 0 && constraint.LabelSelector is null)
            findings.Forbidden($"{path}.matchLabelKeys", "must not be specified when labelSelector is not set");
        for (var i = 0; i < constraint.MatchLabelKeys.Count; i++)
            findings.Each($"{path}.matchLabelKeys[{i}]", constraint.MatchLabelKeys[i], NameRules.QualifiedName(constraint.MatchLabelKeys[i]));
        findings.Selector($"{path}.labelSelector", constraint.LabelSelector);
    }
}
