using KubeSharp.ApiServer.Authentication;
using KubeSharp.Objects.RbacV1;

namespace KubeSharp.ApiServer.Authorization;

/// <summary>Takes rules apart into the requests they allow, and says what is left of them.</summary>
internal static class RuleParts
{
    /// <summary>Each verb on each resource or path by itself: whoever may do all of it has the rule.</summary>
    public static IEnumerable<AccessRequest> Of(PolicyRule rule, Identity user)
    {
        foreach (var verb in rule.Verbs)
        {
            foreach (var group in rule.ApiGroups)
            {
                foreach (var resource in rule.Resources)
                {
                    var slash = resource.IndexOf('/', StringComparison.Ordinal);
                    var (plural, subresource) = slash < 0 ? (resource, "") : (resource[..slash], resource[(slash + 1)..]);
                    foreach (var name in rule.ResourceNames.DefaultIfEmpty(""))
                        yield return new(user, verb) { Group = group, Resource = plural, Subresource = subresource, Name = name };
                }
            }

            foreach (var path in rule.NonResourceURLs)
                yield return new(user, verb) { Path = path };
        }
    }

    /// <summary>A line for each resource or path, its verbs together, in upstream's notation and sorted.</summary>
    public static IEnumerable<string> Describe(IEnumerable<AccessRequest> parts) => parts
        .GroupBy(p => (p.Group, p.Resource, p.Subresource, p.Name, p.Path))
        .Select(g =>
        {
            var verbs = $"Verbs:[{string.Join(' ', g.Select(p => $"\"{p.Verb}\""))}]";
            if (g.Key.Path.Length > 0)
                return $"{{NonResourceURLs:[\"{g.Key.Path}\"], {verbs}}}";

            var resource = g.Key.Subresource.Length > 0 ? $"{g.Key.Resource}/{g.Key.Subresource}" : g.Key.Resource;
            var names = g.Key.Name.Length > 0 ? $"ResourceNames:[\"{g.Key.Name}\"], " : "";
            return $"{{APIGroups:[\"{g.Key.Group}\"], Resources:[\"{resource}\"], {names}{verbs}}}";
        })
        .Order(StringComparer.Ordinal);
}
