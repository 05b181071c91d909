using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.FlowcontrolV1;
using Subject = KubeSharp.Objects.FlowcontrolV1.Subject;

namespace KubeSharp.Kinds.Fairness;

/// <summary>Whose requests for what belong to a flow.</summary>
internal static class FlowRules
{
    private const string All = "*";

    private static readonly string[] Verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"];

    public static void Validate(PolicyRulesWithSubjects rule, string field, Findings findings)
    {
        if (rule.Subjects.Count == 0)
            findings.Required($"{field}.subjects", "subjects must contain at least one value");
        for (var i = 0; i < rule.Subjects.Count; i++)
            Who(rule.Subjects[i], $"{field}.subjects[{i}]", findings);
        if (rule.ResourceRules.Count == 0 && rule.NonResourceRules.Count == 0)
            findings.Required(field, "at least one of resourceRules and nonResourceRules has to be non-empty");
        for (var i = 0; i < rule.ResourceRules.Count; i++)
            Resources(rule.ResourceRules[i], $"{field}.resourceRules[{i}]", findings);
        for (var i = 0; i < rule.NonResourceRules.Count; i++)
            Paths(rule.NonResourceRules[i], $"{field}.nonResourceRules[{i}]", findings);
    }

    /// <summary>Each condition has a type, and no two have the same.</summary>
    public static void ConditionTypes(IReadOnlyList<string> types, string field, Findings findings)
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < types.Count; i++)
        {
            if (!seen.Add(types[i]))
                findings.Duplicate($"{field}[{i}].type", types[i]);
            findings.Present($"{field}[{i}].type", types[i], "must not be empty");
        }
    }

    private static void Who(Subject subject, string field, Findings findings)
    {
        (string Kind, string Field, object? Value)[] sorts =
            [("ServiceAccount", "serviceAccount", subject.ServiceAccount), ("User", "user", subject.User), ("Group", "group", subject.Group)];
        if (sorts.All(s => s.Kind != subject.Kind))
        {
            findings.NotSupported($"{field}.kind", subject.Kind, "Group", "ServiceAccount", "User");
            return;
        }

        var own = sorts.First(s => s.Kind == subject.Kind);
        if (own.Value is null)
            findings.Required($"{field}.{own.Field}", $"{own.Field} is required when subject kind is '{own.Kind}'");
        else if (subject.Kind == "ServiceAccount")
            Account(subject.ServiceAccount!, $"{field}.serviceAccount", findings);
        else
            findings.Present($"{field}.{own.Field}.name", subject.Kind == "User" ? subject.User!.Name : subject.Group!.Name);

        foreach (var (kind, name, _) in sorts.Where(s => s.Kind != subject.Kind && s.Value is not null))
            findings.Forbidden($"{field}.{name}", $"{name} is forbidden when subject kind is not '{kind}'");
    }

    private static void Account(ServiceAccountSubject account, string field, Findings findings)
    {
        if (account.Name.Length == 0)
            findings.Required($"{field}.name");
        else if (account.Name != All)
            findings.Each($"{field}.name", account.Name, NameRules.Dns1123Subdomain(account.Name));
        if (account.Namespace.Length == 0)
            findings.Required($"{field}.namespace", "must specify namespace for service account");
        else
            findings.Each($"{field}.namespace", account.Namespace, NameRules.Dns1123Label(account.Namespace));
    }

    private static void Resources(ResourcePolicyRule rule, string field, Findings findings)
    {
        VerbsOf(rule.Verbs, $"{field}.verbs", findings);
        Some($"{field}.apiGroups", rule.ApiGroups, "resource rules must supply at least one api group", "api groups", findings);
        Some($"{field}.resources", rule.Resources, "resource rules must supply at least one resource", "resources", findings);
        if (rule.Namespaces.Count == 0 && !rule.ClusterScope)
        {
            findings.Required($"{field}.namespaces", "resource rules that are not cluster scoped must supply at least one namespace");
        }
        else if (rule.Namespaces.Contains(All))
        {
            Some($"{field}.namespaces", rule.Namespaces, "", "namespaces", findings);
        }
        else
        {
            for (var i = 0; i < rule.Namespaces.Count; i++)
                findings.Each($"{field}.namespaces[{i}]", rule.Namespaces[i], NameRules.Dns1123Label(rule.Namespaces[i]).Select(p => "each member of this list must be '*' or a DNS-1123 label; " + p));
        }
    }

    private static void Paths(NonResourcePolicyRule rule, string field, Findings findings)
    {
        VerbsOf(rule.Verbs, $"{field}.verbs", findings);
        Some($"{field}.nonResourceURLs", rule.NonResourceURLs, "nonResourceURLs must contain at least one value", "non-resource URLs", findings);
        for (var i = 0; i < rule.NonResourceURLs.Count && !rule.NonResourceURLs.Contains(All); i++)
        {
            if (Fault(rule.NonResourceURLs[i]) is { } fault)
                findings.Invalid($"{field}.nonResourceURLs[{i}]", rule.NonResourceURLs[i], fault);
        }
    }

    private static string? Fault(string path) => path switch
    {
        "" => "must not be empty",
        "/" => null,
        ['/', ..] when path.Contains(' ', StringComparison.Ordinal) => "must not contain white-space",
        ['/', ..] when path.Contains("//", StringComparison.Ordinal) => "must not contain double slash",
        ['/', ..] when path.IndexOf('*', StringComparison.Ordinal) is >= 0 and var star && (star != path.Length - 1 || path[star - 1] != '/') => "wildcard can only do suffix matching",
        ['/', ..] => null,
        _ => "must start with slash",
    };

    private static void VerbsOf(IReadOnlyList<string> verbs, string field, Findings findings)
    {
        Some(field, verbs, "verbs must contain at least one value", "verbs", findings);
        if (!verbs.Contains(All) && verbs.Any(v => !Verbs.Contains(v)))
            findings.NotSupported(field, verbs, Verbs);
    }

    private static void Some(string field, IReadOnlyList<string> values, string whyRequired, string what, Findings findings)
    {
        if (values.Count == 0)
            findings.Required(field, whyRequired);
        else if (values.Count > 1 && values.Contains(All))
            findings.Invalid(field, values, $"if '*' is present, must not specify other {what}");
    }
}
