using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Pods;

/// <summary>Affinity to nodes and to other pods.</summary>
internal static class AffinityRules
{
    private const string Required = "requiredDuringSchedulingIgnoredDuringExecution";
    private const string Preferred = "preferredDuringSchedulingIgnoredDuringExecution";

    public static void Validate(Affinity affinity, string path, Findings findings)
    {
        if (affinity.NodeAffinity is { } node)
            Nodes(node, $"{path}.nodeAffinity", findings);
        if (affinity.PodAffinity is { } pods)
            Pods(pods.RequiredDuringSchedulingIgnoredDuringExecution, pods.PreferredDuringSchedulingIgnoredDuringExecution, $"{path}.podAffinity", findings);
        if (affinity.PodAntiAffinity is { } others)
            Pods(others.RequiredDuringSchedulingIgnoredDuringExecution, others.PreferredDuringSchedulingIgnoredDuringExecution, $"{path}.podAntiAffinity", findings);
    }

    /// <summary>Also the rule of a PersistentVolume's node affinity.</summary>
    public static void NodeSelector(NodeSelector selector, string path, Findings findings)
    {
        if (selector.NodeSelectorTerms.Count == 0)
            findings.Required($"{path}.nodeSelectorTerms", "must have at least one node selector term");
        for (var i = 0; i < selector.NodeSelectorTerms.Count; i++)
            Term(selector.NodeSelectorTerms[i], $"{path}.nodeSelectorTerms[{i}]", findings, checksValues: true);
    }

    private static void Nodes(NodeAffinity affinity, string path, Findings findings)
    {
        if (affinity.RequiredDuringSchedulingIgnoredDuringExecution is { } required)
            NodeSelector(required, $"{path}.{Required}", findings);

        for (var i = 0; i < affinity.PreferredDuringSchedulingIgnoredDuringExecution.Count; i++)
        {
            var term = affinity.PreferredDuringSchedulingIgnoredDuringExecution[i];
            Weight($"{path}.{Preferred}[{i}].weight", term.Weight, findings);
            // A preference that no node can meet does no harm, so its values are not checked.
            Term(term.Preference, $"{path}.{Preferred}[{i}].preference", findings, checksValues: false);
        }
    }

    private static void Term(NodeSelectorTerm term, string path, Findings findings, bool checksValues)
    {
        for (var i = 0; i < term.MatchExpressions.Count; i++)
            Requirement(term.MatchExpressions[i], $"{path}.matchExpressions[{i}]", findings, checksValues);
        for (var i = 0; i < term.MatchFields.Count; i++)
            Field(term.MatchFields[i], $"{path}.matchFields[{i}]", findings);
    }

    private static void Requirement(NodeSelectorRequirement requirement, string path, Findings findings, bool checksValues)
    {
        switch (requirement.Operator)
        {
            case "In" or "NotIn":
                if (requirement.Values.Count == 0)
                    findings.Required($"{path}.values", "must be specified when `operator` is 'In' or 'NotIn'");
                break;
            case "Exists" or "DoesNotExist":
                if (requirement.Values.Count > 0)
                    findings.Forbidden($"{path}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                break;
            case "Gt" or "Lt":
                if (requirement.Values.Count != 1)
                    findings.Required($"{path}.values", "must be specified single value when `operator` is 'Lt' or 'Gt'");
                break;
            default:
                findings.Invalid($"{path}.operator", requirement.Operator, "not a valid selector operator");
                break;
        }

        findings.Each($"{path}.key", requirement.Key, NameRules.QualifiedName(requirement.Key));
        for (var i = 0; checksValues && i < requirement.Values.Count; i++)
            findings.Each($"{path}.values[{i}]", requirement.Values[i], NameRules.LabelValue(requirement.Values[i]));
    }

    private static void Field(NodeSelectorRequirement requirement, string path, Findings findings)
    {
        if (requirement.Operator is not ("In" or "NotIn"))
            findings.Invalid($"{path}.operator", requirement.Operator, "not a valid selector operator");
        else if (requirement.Values.Count != 1)
            findings.Required($"{path}.values", "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");

        if (requirement.Key != "metadata.name")
        {
            findings.Invalid($"{path}.key", requirement.Key, "not a valid field selector key");
            return;
        }

        for (var i = 0; i < requirement.Values.Count; i++)
            findings.Each($"{path}.values[{i}]", requirement.Values[i], NameRules.Dns1123Subdomain(requirement.Values[i]));
    }

    private static void Pods(IReadOnlyList<PodAffinityTerm> required, IReadOnlyList<WeightedPodAffinityTerm> preferred, string path, Findings findings)
    {
        for (var i = 0; i < required.Count; i++)
            Term(required[i], $"{path}.{Required}[{i}]", findings);
        for (var i = 0; i < preferred.Count; i++)
        {
            Weight($"{path}.{Preferred}[{i}].weight", preferred[i].Weight, findings);
            Term(preferred[i].PodAffinityTerm, $"{path}.{Preferred}[{i}].podAffinityTerm", findings);
        }
    }

    private static void Term(PodAffinityTerm term, string path, Findings findings)
    {
        findings.Selector($"{path}.labelSelector", term.LabelSelector);
        findings.Selector($"{path}.namespaceSelector", term.NamespaceSelector);
        foreach (var name in term.Namespaces)
            findings.Each($"{path}.namespace", name, NameRules.Dns1123Label(name));
        LabelKeys(term, $"{path}.matchLabelKeys", term.MatchLabelKeys, findings);
        LabelKeys(term, $"{path}.mismatchLabelKeys", term.MismatchLabelKeys, findings);
        if (term.TopologyKey.Length == 0)
            findings.Required($"{path}.topologyKey", "can not be empty");
        findings.Each($"{path}.topologyKey", term.TopologyKey, NameRules.QualifiedName(term.TopologyKey));
    }

    private static void LabelKeys(PodAffinityTerm term, string path, IReadOnlyList<string> keys, Findings findings)
    {
        if (keys.Count > 0 && term.LabelSelector is null)
            findings.Forbidden(path, "must not be specified when labelSelector is not set");
        for (var i = 0; i < keys.Count; i++)
        {
            findings.Each($"{path}[{i}]", keys[i], NameRules.QualifiedName(keys[i]));
            if (ReferenceEquals(keys, term.MismatchLabelKeys) && term.MatchLabelKeys.Contains(keys[i]))
                findings.Invalid($"{path}[{i}]", keys[i], "exists in both matchLabelKeys and mismatchLabelKeys");
        }
    }

    private static void Weight(string field, int weight, Findings findings)
    {
        if (weight is < 1 or > 100)
            findings.Invalid(field, weight, "must be in the range 1-100");
    }
}
