using System.Text.Json;

namespace KubeSharp.ApiServer.Audit;

/// <summary>A policy as it is written, before anything of it is checked.</summary>
internal sealed record PolicyFile
{
    public string ApiVersion { get; private set; } = "";

    public string Kind { get; private set; } = "";

    public IReadOnlyList<PolicyFileRule> Rules { get; private set; } = [];

    public IReadOnlyList<string> OmitStages { get; private set; } = [];

    public bool OmitManagedFields { get; private set; }

    /// <exception cref="DecodeException">A field has a value of another type.</exception>
    public static PolicyFile Read(ref Utf8JsonReader reader, DecodeContext context)
    {
        var file = new PolicyFile();
        var fields = new PolicyFields(context, "v1.Policy");
        fields.Begin(ref reader);
        while (fields.Next(ref reader) is { } name)
        {
            switch (name)
            {
                case "kind":
                    file.Kind = JsonRead.Text(ref reader, context, name);
                    break;
                case "apiVersion":
                    file.ApiVersion = JsonRead.Text(ref reader, context, name);
                    break;
                case "metadata":
                    if (!JsonRead.IsNull(ref reader))
                        JsonRead.Struct<ObjectMeta>(ref reader, context, name);
                    break;
                case "rules":
                    file.Rules = fields.List(ref reader, name, PolicyFileRule.Read);
                    break;
                case "omitStages":
                    file.OmitStages = fields.Texts(ref reader, name);
                    break;
                case "omitManagedFields":
                    file.OmitManagedFields = !JsonRead.IsNull(ref reader) && JsonRead.Boolean(ref reader, context, name);
                    break;
                default:
                    fields.Unknown(ref reader, name);
                    break;
            }
        }

        return file;
    }
}

/// <summary>A rule as it is written.</summary>
internal sealed record PolicyFileRule
{
    public string Level { get; private set; } = "";

    public IReadOnlyList<string> Users { get; private set; } = [];

    public IReadOnlyList<string> UserGroups { get; private set; } = [];

    public IReadOnlyList<string> Verbs { get; private set; } = [];

    public IReadOnlyList<AuditResources> Resources { get; private set; } = [];

    public IReadOnlyList<string> Namespaces { get; private set; } = [];

    public IReadOnlyList<string> NonResourceUrls { get; private set; } = [];

    public IReadOnlyList<string> OmitStages { get; private set; } = [];

    public bool? OmitManagedFields { get; private set; }

    public static PolicyFileRule Read(ref Utf8JsonReader reader, DecodeContext context)
    {
        var rule = new PolicyFileRule();
        var fields = new PolicyFields(context, "v1.PolicyRule");
        fields.Begin(ref reader);
        while (fields.Next(ref reader) is { } name)
        {
            switch (name)
            {
                case "level":
                    rule.Level = JsonRead.Text(ref reader, context, name);
                    break;
                case "users":
                    rule.Users = fields.Texts(ref reader, name);
                    break;
                case "userGroups":
                    rule.UserGroups = fields.Texts(ref reader, name);
                    break;
                case "verbs":
                    rule.Verbs = fields.Texts(ref reader, name);
                    break;
                case "resources":
                    rule.Resources = fields.List(ref reader, name, ReadResources);
                    break;
                case "namespaces":
                    rule.Namespaces = fields.Texts(ref reader, name);
                    break;
                case "nonResourceURLs":
                    rule.NonResourceUrls = fields.Texts(ref reader, name);
                    break;
                case "omitStages":
                    rule.OmitStages = fields.Texts(ref reader, name);
                    break;
                case "omitManagedFields":
                    rule.OmitManagedFields = JsonRead.IsNull(ref reader) ? null : JsonRead.Boolean(ref reader, context, name);
                    break;
                default:
                    fields.Unknown(ref reader, name);
                    break;
            }
        }

        return rule;
    }

    private static AuditResources ReadResources(ref Utf8JsonReader reader, DecodeContext context)
    {
        var (group, names, objects) = ("", (IReadOnlyList<string>)[], (IReadOnlyList<string>)[]);
        var fields = new PolicyFields(context, "v1.GroupResources");
        fields.Begin(ref reader);
        while (fields.Next(ref reader) is { } name)
        {
            switch (name)
            {
                case "group":
                    group = JsonRead.Text(ref reader, context, name);
                    break;
                case "resources":
                    names = fields.Texts(ref reader, name);
                    break;
                case "resourceNames":
                    objects = fields.Texts(ref reader, name);
                    break;
                default:
                    fields.Unknown(ref reader, name);
                    break;
            }
        }

        return new(group, names, objects);
    }
}

/// <summary>The fields of one struct as they come; tells of those that come twice.</summary>
internal readonly struct PolicyFields(DecodeContext context, string goStruct)
{
    private readonly HashSet<string> _seen = [];

    public void Begin(ref Utf8JsonReader reader) => JsonRead.Begin(ref reader, context, goStruct);

    public string? Next(ref Utf8JsonReader reader)
    {
        if (!JsonRead.Next(ref reader))
            return null;

        var name = reader.GetString()!;
        if (!_seen.Add(name))
            context.Duplicate(name);
        return name;
    }

    public void Unknown(ref Utf8JsonReader reader, string name)
    {
        context.Unknown(name);
        reader.Skip();
    }

    public IReadOnlyList<string> Texts(ref Utf8JsonReader reader, string name) =>
        List(ref reader, name, static (ref Utf8JsonReader r, DecodeContext c) => JsonRead.Text(ref r, c, ""));

    public IReadOnlyList<T> List<T>(ref Utf8JsonReader reader, string name, JsonItem<T> item) =>
        JsonRead.IsNull(ref reader) ? [] : JsonRead.List(ref reader, context, name, item);
}
