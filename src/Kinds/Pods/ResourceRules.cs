using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Pods;

/// <summary>Names and amounts of resources, and requests against limits.</summary>
internal static class ResourceRules
{
    private const string HugePages = "hugepages-";

    private static readonly HashSet<string> Standard =
    [
        "cpu", "memory", "ephemeral-storage", "requests.ephemeral-storage", "limits.ephemeral-storage", "requests.cpu", "requests.memory", "limits.cpu",
        "limits.memory", "pods", "services", "resourcequotas", "replicationcontrollers", "secrets", "configmaps", "persistentvolumeclaims",
        "storage", "requests.storage", "services.nodeports", "services.loadbalancers",
    ];

    /// <param name="claims">The claims a container may name.</param>
    public static void Validate(ResourceRequirements resources, string path, IReadOnlyCollection<string> claims, Findings findings)
    {
        Quantities(resources.Limits, $"{path}.limits", findings);
        foreach (var (name, request) in Sorted(resources.Requests))
        {
            Quantity($"{path}.requests[{name}]", name, request, findings);
            if (resources.Limits.TryGetValue(name, out var limit))
                Against(limit, request, name, $"{path}.requests", findings);
            else if (!CanOvercommit(name))
                findings.Required($"{path}.limits", "Limit must be set for non overcommitable resources");
        }

        var names = resources.Limits.Keys.Concat(resources.Requests.Keys).ToHashSet();
        if (names.Any(n => n.StartsWith(HugePages, StringComparison.Ordinal)) && !names.Contains("cpu") && !names.Contains("memory"))
            findings.Forbidden(path, "HugePages require cpu or memory");
        Claims(resources.Claims, $"{path}.claims", claims, findings);
    }

    public static void Quantities(IReadOnlyDictionary<string, Quantity> resources, string path, Findings findings)
    {
        foreach (var (name, quantity) in Sorted(resources))
            Quantity($"{path}[{name}]", name, quantity, findings);
    }

    private static IEnumerable<KeyValuePair<string, Quantity>> Sorted(IReadOnlyDictionary<string, Quantity> resources) => resources.OrderBy(r => r.Key, StringComparer.Ordinal);

    private static void Quantity(string field, string name, Quantity quantity, Findings findings)
    {
        ContainerName(field, name, findings);
        if (quantity.Sign < 0)
            findings.Invalid(field, quantity, "must be greater than or equal to 0");
        if (IsExtended(name) && quantity.MilliValue % 1000 != 0)
            findings.Invalid(field, quantity, "must be an integer");
    }

    /// <summary>The name of a resource that containers use.</summary>
    public static void ContainerName(string field, string name, Findings findings)
    {
        Name(field, name, findings);
        if (name.Contains('/', StringComparison.Ordinal))
        {
            if (!IsNative(name) && !IsExtended(name))
                findings.Invalid(field, name, "doesn't follow extended resource name standard");
        }
        else if (name is not ("cpu" or "memory" or "ephemeral-storage") && !name.StartsWith(HugePages, StringComparison.Ordinal))
        {
            findings.Invalid(field, name, "must be a standard resource for containers");
        }
    }

    /// <summary>The name of any resource: of old ones as they are, of others with a domain.</summary>
    public static void Name(string field, string name, Findings findings)
    {
        findings.Each(field, name, NameRules.QualifiedName(name));
        var isHugePages = name.StartsWith(HugePages, StringComparison.Ordinal) || name.StartsWith("requests." + HugePages, StringComparison.Ordinal);
        if (!name.Contains('/', StringComparison.Ordinal) && !Standard.Contains(name) && !isHugePages)
            findings.Invalid(field, name, "must be a standard resource type or fully qualified");
    }

    /// <summary>Resources that come in pieces.</summary>
    public static bool IsCounted(string name) => name is "pods" or "services" or "replicationcontrollers" or "resourcequotas" or "secrets" or "configmaps"
        or "persistentvolumeclaims" or "services.nodeports" or "services.loadbalancers";

    public static bool CanOvercommit(string name) => IsNative(name) && !name.StartsWith(HugePages, StringComparison.Ordinal);

    private static void Against(Quantity limit, Quantity request, string name, string path, Findings findings)
    {
        if (!CanOvercommit(name) && request != limit)
            findings.Invalid(path, request, $"must be equal to {name} limit of {limit}");
        else if (request > limit)
            findings.Invalid(path, request, $"must be less than or equal to {name} limit of {limit}");
    }

    private static void Claims(IReadOnlyList<ResourceClaim> claims, string path, IReadOnlyCollection<string> known, Findings findings)
    {
        var seen = new HashSet<(string, string)>();
        for (var i = 0; i < claims.Count; i++)
        {
            var claim = claims[i];
            if (claim.Name.Length == 0)
                findings.Required($"{path}[{i}].name");
            else if (!seen.Add((claim.Name, claim.Request)))
                findings.Duplicate($"{path}[{i}]", claim.Request.Length > 0 ? $"{claim.Name}/{claim.Request}" : claim.Name);
            else if (!known.Contains(claim.Name))
                findings.NotFound($"{path}[{i}]", claim.Name);
        }
    }

    private static bool IsNative(string name) => !name.Contains('/', StringComparison.Ordinal) || name.Contains("kubernetes.io/", StringComparison.Ordinal);

    /// <summary>A node's own resource (<c>example.com/gpu</c>); its quota's name must be a name too.</summary>
    public static bool IsExtended(string name) =>
        !IsNative(name) && !name.StartsWith("requests.", StringComparison.Ordinal) && !NameRules.QualifiedName("requests." + name).Any();
}
