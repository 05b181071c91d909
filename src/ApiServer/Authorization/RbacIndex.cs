using KubeSharp.ApiServer.Authentication;
using KubeSharp.Objects.RbacV1;

namespace KubeSharp.ApiServer.Authorization;

/// <summary>All that RBAC decides from, as lists whose identity tells whether they changed.</summary>
internal sealed record RbacSource(
    IReadOnlyList<ClusterRole> ClusterRoles,
    IReadOnlyList<Role> Roles,
    IReadOnlyList<ClusterRoleBinding> ClusterRoleBindings,
    IReadOnlyList<RoleBinding> RoleBindings);

/// <summary>Grants by subject; immutable.</summary>
internal sealed class RbacIndex
{
    private readonly RbacSource _source;
    private readonly Dictionary<string, List<Grant>> _grants = new(StringComparer.Ordinal);

    public RbacIndex(RbacSource source)
    {
        _source = source;
        var clusterRoles = source.ClusterRoles.ToDictionary(r => r.Metadata.Name, r => r.Rules, StringComparer.Ordinal);
        var roles = source.Roles.ToDictionary(ObjectKey.Of, IReadOnlyList<PolicyRule> (r) => r.Rules);

        foreach (var binding in source.ClusterRoleBindings)
        {
            if (clusterRoles.TryGetValue(binding.RoleRef.Name, out var rules))
                Add(binding.Subjects, new("", rules, $"RBAC: allowed by ClusterRoleBinding \"{binding.Metadata.Name}\" of ClusterRole \"{binding.RoleRef.Name}\""), "");
        }

        foreach (var binding in source.RoleBindings)
        {
            var (ns, name) = (binding.Metadata.Namespace, binding.RoleRef.Name);
            var isFound = binding.RoleRef.Kind == "ClusterRole"
                ? clusterRoles.TryGetValue(name, out var rules)
                : roles.TryGetValue(new(ns, name), out rules);
            if (isFound)
                Add(binding.Subjects, new(ns, rules!, $"RBAC: allowed by RoleBinding \"{binding.Metadata.Name}/{ns}\" of {binding.RoleRef.Kind} \"{name}\""), ns);
        }
    }

    public static RbacIndex Empty { get; } = new(new([], [], [], []));

    public bool IsOf(RbacSource source) =>
        ReferenceEquals(source.ClusterRoles, _source.ClusterRoles) && ReferenceEquals(source.Roles, _source.Roles)
        && ReferenceEquals(source.ClusterRoleBindings, _source.ClusterRoleBindings) && ReferenceEquals(source.RoleBindings, _source.RoleBindings);

    public IEnumerable<(PolicyRule Rule, string Reason)> RulesFor(Identity user, string ns) =>
        from subject in user.Groups.Select(GroupKey).Prepend(UserKey(user.Name))
        from grant in _grants.GetValueOrDefault(subject) ?? []
        where grant.Namespace.Length == 0 || grant.Namespace == ns
        from rule in grant.Rules
        select (rule, grant.Reason);

    private void Add(IReadOnlyList<Subject> subjects, Grant grant, string ns)
    {
        foreach (var subject in subjects)
        {
            var key = subject.Kind switch
            {
                "User" => UserKey(subject.Name),
                "Group" => GroupKey(subject.Name),
                "ServiceAccount" => UserKey(Identities.ServiceAccount(subject.Namespace.Length > 0 ? subject.Namespace : ns, subject.Name).Name),
                _ => "",
            };
            if (!_grants.TryGetValue(key, out var grants))
                _grants[key] = grants = [];
            grants.Add(grant with { Reason = $"{grant.Reason} to {Describe(subject, ns)}" });
        }
    }

    private static string Describe(Subject subject, string ns) => subject.Kind == "ServiceAccount"
        ? $"ServiceAccount \"{subject.Name}/{(subject.Namespace.Length > 0 ? subject.Namespace : ns)}\""
        : $"{subject.Kind} \"{subject.Name}\"";

    private static string UserKey(string name) => "u:" + name;

    private static string GroupKey(string name) => "g:" + name;

    /// <param name="Namespace">Where the rules hold; empty for everywhere.</param>
    private sealed record Grant(string Namespace, IReadOnlyList<PolicyRule> Rules, string Reason);
}
