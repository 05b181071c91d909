using System.Text.Json;
using KubeSharp.ApiServer.Http;

namespace KubeSharp.ApiServer.Audit;

/// <summary>Reads a policy strictly: a field that is misspelt would be a rule that notes less, or more, than somebody thinks.</summary>
internal static class PolicyReader
{
    private const string Group = "audit.k8s.io";
    private const string ApiVersion = Group + "/v1";

    private static readonly string[] Levels = Enum.GetNames<AuditLevel>();
    private static readonly string[] Stages = [.. Enum.GetNames<AuditStages>().Where(s => s != nameof(AuditStages.None))];

    /// <exception cref="FormatException">In upstream's words.</exception>
    public static AuditPolicy Read(ReadOnlySpan<byte> text)
    {
        var file = Decode(text);
        var findings = new Findings();
        CheckStages(file.OmitStages, "omitStages", findings);
        for (var i = 0; i < file.Rules.Count; i++)
            Check(file.Rules[i], $"rules[{i}]", findings);
        if (findings.Any)
            throw new FormatException(findings.ToString());
        if (file.Rules.Count == 0)
            throw new FormatException("loaded illegal policy with 0 rules");

        var omitted = SetOf(file.OmitStages);
        return new([.. file.Rules.Select(r => Rule(r, file, omitted))], omitted, file.OmitManagedFields);
    }

    private static PolicyFile Decode(ReadOnlySpan<byte> text)
    {
        try
        {
            var json = YamlToJson.Convert(text);
            var context = DecodeContext.Strict();
            var reader = new Utf8JsonReader(json, Json.ReaderOptions);
            reader.Read();
            var file = PolicyFile.Read(ref reader, context);
            if (file.Kind.Length == 0)
                throw new FormatException($"failed decoding: Object 'Kind' is missing in '{System.Text.Encoding.UTF8.GetString(text).Trim()}'");
            if (file.ApiVersion.Length == 0)
                throw new FormatException("failed decoding: Object 'apiVersion' is missing: it must be " + ApiVersion);
            if (file.ApiVersion != ApiVersion || file.Kind != "Policy")
                throw new FormatException($"failed decoding: no kind \"{file.Kind}\" is registered for version \"{file.ApiVersion}\": the policy must be a Policy of {ApiVersion}");

            return context.Findings.Count == 0 ? file : throw new FormatException($"strict decoding error: {string.Join(", ", context.Findings)}");
        }
        catch (Exception e) when (e is DecodeException or JsonException or InvalidOperationException)
        {
            throw new FormatException("failed decoding: " + e.Message, e);
        }
    }

    private static AuditRule Rule(PolicyFileRule rule, PolicyFile file, AuditStages omitted) =>
        new(new AuditTerms(Enum.Parse<AuditLevel>(rule.Level), omitted | SetOf(rule.OmitStages), rule.OmitManagedFields ?? file.OmitManagedFields))
        {
            Users = rule.Users,
            UserGroups = rule.UserGroups,
            Verbs = rule.Verbs,
            Resources = rule.Resources,
            Namespaces = rule.Namespaces,
            NonResourceUrls = rule.NonResourceUrls,
        };

    private static AuditStages SetOf(IReadOnlyList<string> stages) => stages.Aggregate(AuditStages.None, (set, s) => set | Enum.Parse<AuditStages>(s));

    private static void Check(PolicyFileRule rule, string field, Findings findings)
    {
        if (rule.Level.Length == 0)
            findings.Required($"{field}.level");
        else if (!Levels.Contains(rule.Level))
            findings.NotOneOf($"{field}.level", rule.Level, Levels);

        CheckUrls(rule.NonResourceUrls, $"{field}.nonResourceURLs", findings);
        CheckResources(rule.Resources, $"{field}.resources", findings);
        CheckStages(rule.OmitStages, $"{field}.omitStages", findings);
        if (rule.NonResourceUrls.Count > 0 && (rule.Resources.Count > 0 || rule.Namespaces.Count > 0))
            findings.Invalid($"{field}.nonResourceURLs", rule.NonResourceUrls, "rules cannot apply to both regular resources and non-resource URLs");
    }

    private static void CheckUrls(IReadOnlyList<string> urls, string field, Findings findings)
    {
        for (var i = 0; i < urls.Count; i++)
        {
            var url = urls[i];
            if (url == "*")
                continue;
            if (!url.StartsWith('/'))
                findings.Invalid($"{field}[{i}]", url, "non-resource URL rules must begin with a '/' character");
            if (url.Length > 0 && url[..^1].Contains('*', StringComparison.Ordinal))
                findings.Invalid($"{field}[{i}]", url, "non-resource URL wildcards '*' must be the final character of the rule");
        }
    }

    /// <summary>Upstream leaves the index out of these paths.</summary>
    private static void CheckResources(IReadOnlyList<AuditResources> resources, string field, Findings findings)
    {
        foreach (var (group, names, objects) in resources)
        {
            if (group.Length > 0 && group != "*" && NameRules.Dns1123Subdomain(group).ToList() is { Count: > 0 } wrong)
                findings.Invalid($"{field}.group", group, string.Join(",", wrong));
            if (objects.Count > 0 && names.Count == 0)
                findings.Invalid($"{field}.resourceNames", objects, "using resourceNames requires at least one resource");
        }
    }

    private static void CheckStages(IReadOnlyList<string> stages, string field, Findings findings)
    {
        for (var i = 0; i < stages.Count; i++)
        {
            if (!Stages.Contains(stages[i]))
                findings.Invalid($"{field}[{i}]", stages[i], "allowed stages are " + string.Join(",", Stages));
        }
    }
}
