using KubeSharp.Objects.RbacV1;

namespace KubeSharp.ApiServer.Authorization;

/// <summary>The roles and bindings every cluster begins with, from <c>api/rbac-roles.tsv</c> and <c>api/rbac-bindings.tsv</c>.</summary>
public static class BootstrapPolicy
{
    private const string GroupName = "rbac.authorization.k8s.io";

    private static readonly Dictionary<string, string> AutoUpdate = new() { ["rbac.authorization.kubernetes.io/autoupdate"] = "true" };
    private static readonly Dictionary<string, string> DefaultLabels = new() { ["kubernetes.io/bootstrapping"] = "rbac-defaults" };

    /// <summary>All of them, roles before the bindings that name them.</summary>
    public static IReadOnlyList<IObject> Objects() => [.. Roles(), .. Bindings()];

    /// <summary>The rules of a node's agent, for the Node authorizer: upstream binds this role to nobody.</summary>
    public static IReadOnlyList<PolicyRule> NodeRules() =>
        Roles().OfType<ClusterRole>().First(r => r.Metadata.Name == "system:node").Rules;

    private static IEnumerable<IObject> Roles() =>
        from row in Rows("rbac-roles.tsv")
        let gate = row[11]
        where !gate.Contains("default off", StringComparison.Ordinal)
        group row by (Kind: row[0], Namespace: row[1], Name: row[2]) into role
        let metadata = Metadata(role.Key.Namespace, role.Key.Name, Pairs(role.First()[3]))
        let rules = role.Where(r => r[5].Length > 0).Select(Rule).ToList()
        let aggregated = role.First()[4]
        select role.Key.Kind == "ClusterRole"
            ? new ClusterRole
            {
                Metadata = metadata,
                Rules = rules,
                AggregationRule = aggregated.Length == 0 ? null : new() { ClusterRoleSelectors = [.. aggregated.Split(';').Select(s => new LabelSelector { MatchLabels = Pairs(s) })] },
            }
            : (IObject)new Role { Metadata = metadata, Rules = rules };

    private static IEnumerable<IObject> Bindings() =>
        from row in Rows("rbac-bindings.tsv")
        let metadata = Metadata(row[1], row[2], DefaultLabels)
        let reference = new RoleRef { ApiGroup = GroupName, Kind = row[3], Name = row[4] }
        let subjects = row[5].Split(';', StringSplitOptions.RemoveEmptyEntries).Select(Subject).ToList()
        select row[0] == "ClusterRoleBinding"
            ? new ClusterRoleBinding { Metadata = metadata, RoleRef = reference, Subjects = subjects }
            : (IObject)new RoleBinding { Metadata = metadata, RoleRef = reference, Subjects = subjects };

    private static ObjectMeta Metadata(string ns, string name, IReadOnlyDictionary<string, string> labels) =>
        new() { Namespace = ns, Name = name, Labels = labels, Annotations = AutoUpdate };

    private static PolicyRule Rule(string[] row) => new()
    {
        ApiGroups = [.. Values(row[6]).Select(g => g == "\"\"" ? "" : g)],
        Resources = Values(row[7]),
        ResourceNames = Values(row[8]),
        NonResourceURLs = Values(row[9]),
        Verbs = Values(row[10]),
    };

    /// <summary><c>Group:system:masters</c>, <c>ServiceAccount:kube-system/kube-dns</c>.</summary>
    private static Subject Subject(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (kind, name) = (text[..colon], text[(colon + 1)..]);
        return kind == "ServiceAccount" && name.Split('/') is [var ns, var account]
            ? new() { Kind = kind, Namespace = ns, Name = account }
            : new() { Kind = kind, ApiGroup = GroupName, Name = name };
    }

    private static string[] Values(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static Dictionary<string, string> Pairs(string list) =>
        Values(list).Select(p => p.Split('=', 2)).ToDictionary(p => p[0], p => p[1]);

    private static IEnumerable<string[]> Rows(string table)
    {
        using var stream = typeof(BootstrapPolicy).Assembly.GetManifestResourceStream(table)
            ?? throw new InvalidOperationException($"the table {table} is not in the assembly");
        using var reader = new StreamReader(stream);
        var isHeader = true;
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;

            if (isHeader)
                isHeader = false;
            else
                yield return line.Split('\t');
        }
    }
}
