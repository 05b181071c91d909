using KubeSharp.Objects.RbacV1;

namespace KubeSharp.ApiServer.Authorization;

/// <summary>Whether a rule of RBAC covers a request.</summary>
internal static class RuleMatch
{
    private const string All = "*";

    public static bool Covers(this PolicyRule rule, AccessRequest request) => request.IsResource
        ? Has(rule.Verbs, request.Verb) && Has(rule.ApiGroups, request.Group) && HasResource(rule, request) && HasName(rule, request.Name)
        : Has(rule.Verbs, request.Verb) && rule.NonResourceURLs.Any(pattern => HasPath(pattern, request.Path));

    private static bool Has(IReadOnlyList<string> values, string value)
    {
        foreach (var candidate in values)
        {
            if (candidate == All || candidate == value)
                return true;
        }

        return false;
    }

    /// <summary><c>pods</c>, <c>pods/log</c>, <c>*</c>, and <c>*/scale</c> for the subresource of any resource.</summary>
    private static bool HasResource(PolicyRule rule, AccessRequest request)
    {
        foreach (var candidate in rule.Resources)
        {
            if (candidate == All)
                return true;

            if (request.Subresource.Length == 0 ? candidate == request.Resource : IsSubresource(candidate, request))
                return true;
        }

        return false;
    }

    private static bool IsSubresource(string candidate, AccessRequest request)
    {
        var slash = candidate.IndexOf('/', StringComparison.Ordinal);
        return slash > 0
            && candidate.AsSpan(slash + 1).SequenceEqual(request.Subresource)
            && (candidate.AsSpan(0, slash).SequenceEqual(request.Resource) || candidate.AsSpan(0, slash).SequenceEqual(All));
    }

    private static bool HasName(PolicyRule rule, string name) => rule.ResourceNames.Count == 0 || rule.ResourceNames.Contains(name);

    /// <summary>Whether a path is the one a rule names, or below what stands before its star.</summary>
    public static bool HasPath(string pattern, string path) =>
        pattern == All || pattern == path
        || (pattern.EndsWith('*') && path.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal));
}
