using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.AdmissionregistrationV1;

namespace KubeSharp.Kinds.Admission;

/// <summary>Which requests a webhook or a policy is asked about: what the API's two structs for it have in common.</summary>
internal sealed record AdmissionRule(
    IReadOnlyList<string> Operations, IReadOnlyList<string> ApiGroups, IReadOnlyList<string> ApiVersions, IReadOnlyList<string> Resources, string? Scope)
{
    private const string All = "*";

    public static AdmissionRule Of(RuleWithOperations r) => new(r.Operations, r.ApiGroups, r.ApiVersions, r.Resources, r.Scope);

    public static AdmissionRule Of(NamedRuleWithOperations r) => new(r.Operations, r.ApiGroups, r.ApiVersions, r.Resources, r.Scope);

    public void Validate(string field, Findings findings)
    {
        Some($"{field}.operations", Operations, "operations", findings);
        for (var i = 0; i < Operations.Count; i++)
        {
            if (Operations[i] is not (All or "CONNECT" or "CREATE" or "DELETE" or "UPDATE"))
                findings.NotSupported($"{field}.operations[{i}]", Operations[i], All, "CONNECT", "CREATE", "DELETE", "UPDATE");
        }

        Some($"{field}.apiGroups", ApiGroups, "API groups", findings);
        Some($"{field}.apiVersions", ApiVersions, "API versions", findings);
        for (var i = 0; i < ApiVersions.Count; i++)
            findings.Present($"{field}.apiVersions[{i}]", ApiVersions[i]);
        ValidateResources($"{field}.resources", findings);
        if (Scope is not (null or All or "Cluster" or "Namespaced"))
            findings.NotSupported($"{field}.scope", Scope, All, "Cluster", "Namespaced");
    }

    private static void Some(string field, IReadOnlyList<string> values, string what, Findings findings)
    {
        if (values.Count == 0)
            findings.Required(field);
        else if (values.Count > 1 && values.Contains(All))
            findings.Invalid(field, values, $"if '*' is present, must not specify other {what}");
    }

    /// <summary>Resources are <c>pods</c>, <c>pods/status</c>, <c>pods/*</c>, <c>*/scale</c>, <c>*</c>, <c>*/*</c>; a wildcard stands alone among what it covers.</summary>
    private void ValidateResources(string field, Findings findings)
    {
        if (Resources.Count == 0)
            findings.Required(field);

        var (allOf, everywhere, isLastPlain) = (new HashSet<string>(), new HashSet<string>(), false);
        for (var i = 0; i < Resources.Count; i++)
        {
            var at = $"{field}[{i}]";
            if (Resources[i].Length == 0)
            {
                findings.Required(at);
                continue;
            }

            if (Resources[i].Split('/', 2) is not [var resource, var subresource])
            {
                isLastPlain = Resources[i] != All;
                continue;
            }

            if (allOf.Contains(resource))
                findings.Invalid(at, Resources[i], $"if '{resource}/*' is present, must not specify {Resources[i]}");
            if (everywhere.Contains(subresource))
                findings.Invalid(at, Resources[i], $"if '*/{subresource}' is present, must not specify {Resources[i]}");
            if (subresource == All)
                allOf.Add(resource);
            if (resource == All)
                everywhere.Add(subresource);
        }

        if (Resources.Count > 1 && Resources.Contains("*/*"))
            findings.Invalid(field, Resources, "if '*/*' is present, must not specify other resources");
        if (isLastPlain && Resources.Contains(All))
            findings.Invalid(field, Resources, "if '*' is present, must not specify other resources without subresources");
    }
}
