using KubeSharp.ApiServer.Admission.Matching;
using KubeSharp.ApiServer.Registry;
using KubeSharp.Objects.AdmissionregistrationV1;

namespace KubeSharp.ApiServer.Admission.Policies;

/// <summary>Which requests a policy or a binding is about. Immutable.</summary>
internal sealed class PolicyMatch(MatchResources? resources)
{
    private readonly Selector _namespaces = RequestMatcher.SelectorOf(resources?.NamespaceSelector);
    private readonly Selector _objects = RequestMatcher.SelectorOf(resources?.ObjectSelector);

    /// <returns>The resource in the form the rules name; <see langword="null"/> if the request is not meant.</returns>
    /// <exception cref="ApiException">404: the request's namespace is not there.</exception>
    public async ValueTask<ServedResource?> FormForAsync(RequestMatcher matcher, AdmissionRequest request, CancellationToken ct)
    {
        if (resources is null)
            return request.Requested;
        if (!RequestMatcher.SelectsObject(_objects, request))
            return null;

        var isExact = resources.MatchPolicy == "Exact";
        if (resources.ExcludeResourceRules.Count > 0 && matcher.FindForm(Of(resources.ExcludeResourceRules, request), isExact, request) is not null)
            return null;

        var form = resources.ResourceRules.Count == 0 ? request.Requested : matcher.FindForm(Of(resources.ResourceRules, request), isExact, request);
        return form is not null && await matcher.SelectsNamespaceAsync(_namespaces, request, ct) ? form : null;
    }

    private static List<RuleWithOperations> Of(IReadOnlyList<NamedRuleWithOperations> rules, AdmissionRequest request)
    {
        var found = new List<RuleWithOperations>(rules.Count);
        foreach (var rule in rules)
        {
            if (rule.ResourceNames.Count == 0 || rule.ResourceNames.Contains(request.Key.Name))
                found.Add(new() { Operations = rule.Operations, ApiGroups = rule.ApiGroups, ApiVersions = rule.ApiVersions, Resources = rule.Resources, Scope = rule.Scope });
        }

        return found;
    }
}
