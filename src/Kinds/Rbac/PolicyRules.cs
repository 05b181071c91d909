using KubeSharp.Objects.RbacV1;

namespace KubeSharp.Kinds.Rbac;

/// <summary>The rules of Roles and the subjects of bindings.</summary>
internal static class PolicyRules
{
    public const string GroupName = "rbac.authorization.k8s.io";

    public static void Validate(IReadOnlyList<PolicyRule> rules, bool namespaced, Findings findings)
    {
        for (var i = 0; i < rules.Count; i++)
            Validate(rules[i], namespaced, $"rules[{i}]", findings);
    }

    public static Subject Default(Subject subject) => subject.ApiGroup.Length == 0 && subject.Kind is "User" or "Group" ? subject with { ApiGroup = GroupName } : subject;

    public static RoleRef Default(RoleRef reference) => reference.ApiGroup.Length == 0 ? reference with { ApiGroup = GroupName } : reference;

    public static void Validate(RoleRef reference, Findings findings, params string[] kinds)
    {
        if (reference.ApiGroup != GroupName)
            findings.NotSupported("roleRef.apiGroup", reference.ApiGroup, GroupName);
        if (!kinds.Contains(reference.Kind))
            findings.NotOneOf("roleRef.kind", reference.Kind, kinds);
        if (reference.Name.Length == 0)
            findings.Required("roleRef.name");
        else
        {
            foreach (var problem in NameRules.PathSegment(reference.Name))
                findings.Invalid("roleRef.name", reference.Name, problem);
        }
    }

    public static void Validate(IReadOnlyList<Subject> subjects, bool namespaced, Findings findings)
    {
        for (var i = 0; i < subjects.Count; i++)
            Validate(subjects[i], namespaced, $"subjects[{i}]", findings);
    }

    /// <summary>Names of roles are free but for what a path cannot hold.</summary>
    public static IEnumerable<string> Name(string name) => NameRules.PathSegment(name);

    public static IReadOnlyList<object?> Cells(ObjectMeta metadata, RoleRef reference, IReadOnlyList<Subject> subjects, DateTimeOffset now)
    {
        string Of(string kind) => string.Join(", ", subjects.Where(s => s.Kind == kind).Select(s => kind == "ServiceAccount" ? $"{s.Namespace}/{s.Name}" : s.Name));
        return [metadata.Name, $"{reference.Kind}/{reference.Name}", Ages.Of(metadata.CreationTimestamp, now), Of("User"), Of("Group"), Of("ServiceAccount")];
    }

    private static void Validate(PolicyRule rule, bool namespaced, string field, Findings findings)
    {
        if (rule.Verbs.Count == 0)
            findings.Required(field + ".verbs", "verbs must contain at least one value");
        if (rule.NonResourceURLs.Count > 0)
        {
            if (namespaced)
                findings.Invalid(field + ".nonResourceURLs", rule.NonResourceURLs, "namespaced rules cannot apply to non-resource URLs");
            if (rule.ApiGroups.Count > 0 || rule.Resources.Count > 0 || rule.ResourceNames.Count > 0)
                findings.Invalid(field + ".nonResourceURLs", rule.NonResourceURLs, "rules cannot apply to both regular resources and non-resource URLs");
            return;
        }

        if (rule.ApiGroups.Count == 0)
            findings.Required(field + ".apiGroups", "resource rules must supply at least one api group");
        if (rule.Resources.Count == 0)
            findings.Required(field + ".resources", "resource rules must supply at least one resource");
    }

    private static void Validate(Subject subject, bool namespaced, string field, Findings findings)
    {
        if (subject.Name.Length == 0)
            findings.Required(field + ".name");
        switch (subject.Kind)
        {
            case "ServiceAccount":
                foreach (var problem in subject.Name.Length > 0 ? NameRules.Dns1123Subdomain(subject.Name) : [])
                    findings.Invalid(field + ".name", subject.Name, problem);
                if (subject.ApiGroup.Length > 0)
                    findings.NotSupported(field + ".apiGroup", subject.ApiGroup, "");
                if (!namespaced && subject.Namespace.Length == 0)
                    findings.Required(field + ".namespace");
                break;
            case "User" or "Group":
                if (subject.ApiGroup != GroupName)
                    findings.NotSupported(field + ".apiGroup", subject.ApiGroup, GroupName);
                break;
            default:
                findings.NotOneOf(field + ".kind", subject.Kind, "ServiceAccount", "User", "Group");
                break;
        }
    }
}
