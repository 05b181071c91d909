using KubeSharp.Objects.RbacV1;

namespace KubeSharp.ApiServer.Authorization;

/// <summary>Takes rules apart and says what is left of them.</summary>
internal static class RuleParts
{
    public static IEnumerable<RulePart> Of(PolicyRule rule)
    {
        foreach (var verb in rule.Verbs)
        {
            foreach (var group in rule.ApiGroups)
            {
                foreach (var resource in rule.Resources)
                {
                    foreach (var name in rule.ResourceNames.DefaultIfEmpty(""))
                        yield return new(verb, group, resource, name, "");
                }
            }

            foreach (var path in rule.NonResourceURLs)
                yield return new(verb, "", "", "", path);
        }
    }

    /// <summary>A line for each resource or path, its verbs together, in upstream's notation and sorted.</summary>
    public static IEnumerable<string> Describe(IEnumerable<RulePart> parts) => parts
        .GroupBy(p => (p.Group, p.Resource, p.Name, p.Path))
        .Select(g =>
        {
            var verbs = $"Verbs:[{string.Join(' ', g.Select(p => $"\"{p.Verb}\""))}]";
            if (g.Key.Path.Length > 0)
                return $"{{NonResourceURLs:[\"{g.Key.Path}\"], {verbs}}}";

            var names = g.Key.Name.Length > 0 ? $"ResourceNames:[\"{g.Key.Name}\"], " : "";
            return $"{{APIGroups:[\"{g.Key.Group}\"], Resources:[\"{g.Key.Resource}\"], {names}{verbs}}}";
        })
        .Order(StringComparer.Ordinal);
}
