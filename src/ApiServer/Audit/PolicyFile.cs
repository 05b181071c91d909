using System.Text.Json;

namespace KubeSharp.ApiServer.Audit;

/// <summary>A policy as it is written, before anything of it is checked.</summary>
internal sealed record PolicyFile
{
    private static readonly PolicyFields<PolicyFile> Fields = new PolicyFields<PolicyFile>("v1.Policy", new())
        .Text("kind", static (f, kind) => f with { Kind = kind })
        .Text("apiVersion", static (f, version) => f with { ApiVersion = version })
        .Value("metadata", static (ref r, c) => JsonRead.Struct<ObjectMeta>(ref r, c, "metadata"), static (f, _) => f)
        .List("rules", PolicyFileRule.Read, static (f, rules) => f with { Rules = rules })
        .Texts("omitStages", static (f, stages) => f with { OmitStages = stages })
        .Flag("omitManagedFields", static (f, omits) => f with { OmitManagedFields = omits });

    public string ApiVersion { get; private init; } = "";

    public string Kind { get; private init; } = "";

    public IReadOnlyList<PolicyFileRule> Rules { get; private init; } = [];

    public IReadOnlyList<string> OmitStages { get; private init; } = [];

    public bool OmitManagedFields { get; private init; }

    /// <exception cref="DecodeException">A field has a value of another type.</exception>
    public static PolicyFile Read(ref Utf8JsonReader reader, DecodeContext context) => Fields.Read(ref reader, context);
}

/// <summary>A rule as it is written.</summary>
internal sealed record PolicyFileRule
{
    private static readonly PolicyFields<PolicyFileRule> Fields = new PolicyFields<PolicyFileRule>("v1.PolicyRule", new())
        .Text("level", static (r, level) => r with { Level = level })
        .Texts("users", static (r, users) => r with { Users = users })
        .Texts("userGroups", static (r, groups) => r with { UserGroups = groups })
        .Texts("verbs", static (r, verbs) => r with { Verbs = verbs })
        .List("resources", ReadResources, static (r, resources) => r with { Resources = resources })
        .Texts("namespaces", static (r, namespaces) => r with { Namespaces = namespaces })
        .Texts("nonResourceURLs", static (r, urls) => r with { NonResourceUrls = urls })
        .Texts("omitStages", static (r, stages) => r with { OmitStages = stages })
        .Flag("omitManagedFields", static (r, omits) => r with { OmitManagedFields = omits });

    private static readonly PolicyFields<AuditResources> ResourceFields = new PolicyFields<AuditResources>("v1.GroupResources", new("", [], []))
        .Text("group", static (r, group) => r with { Group = group })
        .Texts("resources", static (r, names) => r with { Names = names })
        .Texts("resourceNames", static (r, objects) => r with { ObjectNames = objects });

    public string Level { get; private init; } = "";

    public IReadOnlyList<string> Users { get; private init; } = [];

    public IReadOnlyList<string> UserGroups { get; private init; } = [];

    public IReadOnlyList<string> Verbs { get; private init; } = [];

    public IReadOnlyList<AuditResources> Resources { get; private init; } = [];

    public IReadOnlyList<string> Namespaces { get; private init; } = [];

    public IReadOnlyList<string> NonResourceUrls { get; private init; } = [];

    public IReadOnlyList<string> OmitStages { get; private init; } = [];

    /// <summary>Null: as the policy says for all rules.</summary>
    public bool? OmitManagedFields { get; private init; }

    public static PolicyFileRule Read(ref Utf8JsonReader reader, DecodeContext context) => Fields.Read(ref reader, context);

    private static AuditResources ReadResources(ref Utf8JsonReader reader, DecodeContext context) => ResourceFields.Read(ref reader, context);
}
