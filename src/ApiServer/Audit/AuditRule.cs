using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Authorization;
using KubeSharp.ApiServer.Http;

namespace KubeSharp.ApiServer.Audit;

/// <summary>One rule of a policy: all that it names must fit; what it leaves empty fits everything.</summary>
internal sealed record AuditRule(AuditTerms Terms)
{
    public IReadOnlyList<string> Users { get; init; } = [];

    public IReadOnlyList<string> UserGroups { get; init; } = [];

    public IReadOnlyList<string> Verbs { get; init; } = [];

    public IReadOnlyList<AuditResources> Resources { get; init; } = [];

    /// <summary>The empty one is that of resources without namespace.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    public IReadOnlyList<string> NonResourceUrls { get; init; } = [];

    public bool Covers(Identity? user, RequestInfo info)
    {
        if (Users.Count > 0 && (user is null || !Users.Contains(user.Name)))
            return false;
        if (UserGroups.Count > 0 && (user is null || !user.Groups.Any(UserGroups.Contains)))
            return false;
        if (Verbs.Count > 0 && !Verbs.Contains(info.Verb))
            return false;
        if (Namespaces.Count > 0 || Resources.Count > 0)
            return info.IsResource && CoversResource(info);

        return NonResourceUrls.Count == 0 || (!info.IsResource && NonResourceUrls.Any(u => RuleMatch.HasPath(u, info.Path)));
    }

    private bool CoversResource(RequestInfo info) =>
        (Namespaces.Count == 0 || Namespaces.Contains(info.Namespace)) && (Resources.Count == 0 || Resources.Any(r => r.Cover(info)));
}

/// <summary>Resources of one API group, or of all (<c>*</c>).</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Names">Empty for all of the group; else <c>pods</c>, <c>pods/log</c>, <c>pods/*</c>, <c>*/scale</c>, <c>*</c>.</param>
/// <param name="ObjectNames">Empty for all objects.</param>
internal sealed record AuditResources(string Group, IReadOnlyList<string> Names, IReadOnlyList<string> ObjectNames)
{
    public bool Cover(RequestInfo info)
    {
        if (Group != "*" && Group != info.Group)
            return false;
        if (Names.Count == 0)
            return true;

        return (ObjectNames.Count == 0 || ObjectNames.Contains(info.Name)) && Names.Any(n => IsResource(n, info));
    }

    private static bool IsResource(string pattern, RequestInfo info)
    {
        if (pattern == "*")
            return true;

        var slash = pattern.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            return info.Subresource.Length == 0 && pattern == info.Resource;

        var resource = pattern.AsSpan(0, slash);
        var subresource = pattern.AsSpan(slash + 1);
        return subresource is "*" ? resource.SequenceEqual(info.Resource) // the resource itself, too, as upstream has it
            : (resource is "*" || resource.SequenceEqual(info.Resource)) && info.Subresource.Length > 0 && subresource.SequenceEqual(info.Subresource);
    }
}
