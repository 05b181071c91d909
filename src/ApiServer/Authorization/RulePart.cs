using KubeSharp.Objects.RbacV1;

namespace KubeSharp.ApiServer.Authorization;

/// <summary>The smallest right a rule can give: one verb on one resource, or on one path outside the resources.</summary>
/// <param name="Name">The one object it is about; empty for all.</param>
/// <param name="Path">Set: it is about this path, and <paramref name="Group"/>, <paramref name="Resource"/> and <paramref name="Name"/> are empty.</param>
internal sealed record RulePart(string Verb, string Group, string Resource, string Name, string Path)
{
    public bool IsHeldBy(PolicyRule rule)
    {
        if (!Has(rule.Verbs, Verb))
            return false;
        if (Path.Length > 0)
            return rule.NonResourceURLs.Any(u => u == "*" || u == Path || (u.EndsWith('*') && Path.StartsWith(u[..^1], StringComparison.Ordinal)));

        return Has(rule.ApiGroups, Group) && HasResource(rule.Resources)
            && (rule.ResourceNames.Count == 0 || (Name.Length > 0 && rule.ResourceNames.Contains(Name)));
    }

    private bool HasResource(IReadOnlyList<string> resources)
    {
        var slash = Resource.IndexOf('/', StringComparison.Ordinal);
        return Has(resources, Resource) || (slash > 0 && resources.Contains("*" + Resource[slash..]));
    }

    private static bool Has(IReadOnlyList<string> values, string value) => values.Contains("*") || values.Contains(value);
}
