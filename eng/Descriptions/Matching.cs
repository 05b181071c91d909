namespace KubeSharp.Descriptions;

/// <summary>Finds the client's text for each of our types and fields.</summary>
internal static class Matching
{
    /// <summary>
    /// A line a type: its OpenAPI name and text, then name and text of each field, tab-separated, with <c>\n</c>, <c>\t</c> and <c>\\</c>
    /// escaped.
    /// </summary>
    public static IEnumerable<string> Lines(IReadOnlyDictionary<string, string> texts, IReadOnlyList<FieldRow> rows)
    {
        var byType = rows.ToLookup(r => r.Type);
        foreach (var type in byType.Select(g => g.Key).Order(StringComparer.Ordinal))
        {
            if (ClientName(type, texts) is not { } client)
                continue;

            var cells = new List<string> { OpenApiName(type), Escape(texts.GetValueOrDefault(client, "")) };
            foreach (var json in Fields(type, byType).Distinct())
            {
                var property = $"{client}.{Property(json)}";
                if ((texts.GetValueOrDefault(property) ?? texts.GetValueOrDefault(property + "Property") ?? texts.GetValueOrDefault(property + "Value", "")) is { Length: > 0 } text)
                    cells.AddRange([json, Escape(text)]);
            }

            yield return string.Join('\t', cells);
        }
    }

    /// <summary>The JSON names, those of inline structs included.</summary>
    private static IEnumerable<string> Fields(string type, ILookup<string, FieldRow> byType) => byType[type].SelectMany(row => row switch
    {
        { IsInline: true, GoType: "meta.v1.TypeMeta" } => ["kind", "apiVersion"],
        { IsInline: true } => Fields(row.GoType, byType),
        { Json: "" or "-" } => [],
        _ => [row.Json],
    });

    /// <summary><c>core.v1.PodSpec</c> is <c>V1PodSpec</c>; a name that several groups have is told apart by its group: <c>Corev1Event</c>.</summary>
    private static string? ClientName(string type, IReadOnlyDictionary<string, string> texts)
    {
        var parts = type.Split('.');
        if (parts.Length != 3)
            return null;

        return new[] { $"{parts[0]}{parts[1]}{parts[2]}", $"{parts[1]}{parts[2]}" }.FirstOrDefault(texts.ContainsKey);
    }

    /// <summary>The client's property of a JSON name, but for capitals and a word behind what C# keeps for itself (<c>namespace</c>, <c>int</c>).</summary>
    private static string Property(string json) => json.Replace("-", "", StringComparison.Ordinal).Replace("$", "", StringComparison.Ordinal);

    private static string OpenApiName(string type) => type.Split('.')[0] switch
    {
        "meta" => "io.k8s.apimachinery.pkg.apis." + type,
        "apiextensions" => "io.k8s.apiextensions-apiserver.pkg.apis." + type,
        "apiregistration" => "io.k8s.kube-aggregator.pkg.apis." + type,
        _ => "io.k8s.api." + type,
    };

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal);
}
