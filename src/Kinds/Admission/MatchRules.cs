using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.AdmissionregistrationV1;

namespace KubeSharp.Kinds.Admission;

/// <summary>How policies and their bindings choose requests and parameters.</summary>
internal static class MatchRules
{
    private static readonly string[] Mutable = ["*", "CONNECT", "CREATE", "UPDATE"];

    public static MatchResources? Default(MatchResources? match) => match is null ? null : match with
    {
        MatchPolicy = match.MatchPolicy ?? "Equivalent",
        NamespaceSelector = match.NamespaceSelector ?? LabelSelector.Empty,
        ObjectSelector = match.ObjectSelector ?? LabelSelector.Empty,
        ResourceRules = Scoped(match.ResourceRules),
        ExcludeResourceRules = Scoped(match.ExcludeResourceRules),
    };

    public static void Validate(MatchResources match, string field, Findings findings)
    {
        findings.OneOf($"{field}.matchPolicy", match.MatchPolicy ?? "", "Equivalent", "Exact");
        Selector(match.NamespaceSelector, $"{field}.namespaceSelector", findings);
        Selector(match.ObjectSelector, $"{field}.objectSelector", findings);
        Rules(match.ResourceRules, $"{field}.resourceRules", findings);
        Rules(match.ExcludeResourceRules, $"{field}.excludeResourceRules", findings);
    }

    /// <summary>A policy must say what it is about; its types are known from there.</summary>
    public static void ValidateRequired(MatchResources? match, string field, Findings findings)
    {
        if (match is null)
        {
            findings.Required(field);
            return;
        }

        Validate(match, field, findings);
        if (match.ResourceRules.Count == 0)
            findings.Required($"{field}.resourceRules");
    }

    /// <summary>What is deleted cannot be changed.</summary>
    public static void ValidateMutable(MatchResources? match, string field, Findings findings)
    {
        foreach (var operation in match?.ResourceRules.SelectMany(r => r.Operations).Where(o => !Mutable.Contains(o)) ?? [])
            findings.NotSupported($"{field}.resourceRules.operations", operation, Mutable);
    }

    public static void Validate(ParamKind kind, string field, Findings findings)
    {
        var at = $"{field}.apiVersion";
        switch (kind.ApiVersion.Split('/'))
        {
            case [""]:
                findings.Required(at);
                break;
            case { Length: > 2 }:
                findings.Invalid(at, kind.ApiVersion, $"unexpected GroupVersion string: {kind.ApiVersion}");
                break;
            case var parts:
                if (parts is [{ Length: > 0 } group, _])
                    Joined(at, group, "", NameRules.Dns1123Subdomain(group), findings);
                if (parts[^1].Length == 0)
                    findings.Invalid(at, kind.ApiVersion, "version must be specified");
                else
                    Joined(at, parts[^1], "", NameRules.Dns1035Label(parts[^1]), findings);
                break;
        }

        if (kind.Kind.Length == 0)
            findings.Required($"{field}.kind");
        else
            Joined($"{field}.kind", kind.Kind, "may have mixed case, but should otherwise match: ", NameRules.Dns1035Label(kind.Kind.ToLowerInvariant()), findings);
    }

    public static void Validate(ParamRef reference, string field, Findings findings)
    {
        const string Exclusive = "name and selector are mutually exclusive";
        if (reference.Name.Length > 0)
        {
            findings.PathSegment($"{field}.name", reference.Name);
            if (reference.Selector is not null)
                findings.Forbidden($"{field}.name", Exclusive);
        }

        findings.Selector($"{field}.selector", reference.Selector);
        if (reference.Selector is not null && reference.Name.Length > 0)
            findings.Forbidden($"{field}.selector", Exclusive);
        if (reference.Selector is null && reference.Name.Length == 0)
            findings.Required(field, "one of name or selector must be specified");
        findings.OneOf($"{field}.parameterNotFoundAction", reference.ParameterNotFoundAction ?? "", "Deny", "Allow");
    }

    /// <summary>The parameters as a binding's row shows them.</summary>
    public static string Cell(ParamRef? reference) => reference switch
    {
        null => CellText.Unset,
        { Name.Length: > 0 } => $"{(reference.Namespace.Length > 0 ? reference.Namespace : "*")}/{reference.Name}",
        { Selector: not null } => CellText.Selector(reference.Selector),
        _ => CellText.Unset,
    };

    public static string Cell(ParamKind? kind) => kind is null ? CellText.Unset : $"{kind.ApiVersion}/{kind.Kind}";

    private static IReadOnlyList<NamedRuleWithOperations> Scoped(IReadOnlyList<NamedRuleWithOperations> rules) =>
        rules.All(r => r.Scope is not null) ? rules : [.. rules.Select(r => r with { Scope = r.Scope ?? "*" })];

    private static void Rules(IReadOnlyList<NamedRuleWithOperations> rules, string field, Findings findings)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            var names = new HashSet<string>();
            for (var n = 0; n < rules[i].ResourceNames.Count; n++)
            {
                var name = rules[i].ResourceNames[n];
                findings.Each($"{field}[{i}].resourceNames[{n}]", name, NameRules.PathSegment(name));
                if (!names.Add(name))
                    findings.Duplicate($"{field}[{i}].resourceNames[{n}]", name);
            }

            AdmissionRule.Of(rules[i]).Validate($"{field}[{i}]", findings);
        }
    }

    private static void Selector(LabelSelector? selector, string field, Findings findings)
    {
        if (selector is null)
            findings.Required(field);
        else
            findings.Selector(field, selector);
    }

    private static void Joined(string field, string value, string intro, IEnumerable<string> problems, Findings findings)
    {
        if (problems.ToList() is { Count: > 0 } all)
            findings.Invalid(field, value, intro + string.Join(',', all));
    }
}
