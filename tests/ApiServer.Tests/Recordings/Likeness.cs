using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KubeSharp.ApiServer.Tests.Recordings;

/// <summary>Answers without what differs from run to run, so that two runs of the same requests can be compared.</summary>
internal static partial class Likeness
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The values of these fields are chance; that there is one is not.</summary>
    private static readonly HashSet<string> Varying = ["uid", "resourceVersion", "continue", "clusterIP", "nodePort", "healthCheckNodePort"];

    /// <summary>One line a value, keys in order.</summary>
    public static string Of(JsonNode? answer) => Plain(answer)?.ToJsonString(Readable) ?? "null";

    public static string Of(string text) =>
        Chance().Replace(Address().Replace(Time().Replace(Version().Replace(Uid().Replace(text, "<uid>"), "$1<version>"), "<time>"), "<address>"), "$1<chance>");

    private static JsonNode? Plain(JsonNode? node) => node switch
    {
        JsonObject table when (string?)table["kind"] == "Table" => PlainTable(table),
        JsonObject obj => PlainObject(obj),
        JsonArray array => new JsonArray([.. array.Select(Plain)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Of((string)value!),
        _ => node?.DeepClone(),
    };

    private static JsonObject PlainObject(JsonObject obj)
    {
        var plain = new JsonObject();
        foreach (var (key, value) in obj.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            if (key is "managedFields" or "selfLink" || (key == "creationTimestamp" && value is null))
                continue;

            plain[key] = key switch
            {
                "clusterIP" when (string?)value == "None" => "None",
                "clusterIPs" => "<addresses>",
                "name" when obj.ContainsKey("generateName") => "<generated>",
                _ when Varying.Contains(key) && value is JsonValue => $"<{key}>",
                _ => Plain(value),
            };
        }

        return plain;
    }

    /// <summary>Ages are relative to now. Descriptions are prose of their release, not behaviour.</summary>
    private static JsonObject PlainTable(JsonObject table)
    {
        var plain = PlainObject(table);
        var columns = table["columnDefinitions"]?.AsArray();
        foreach (var column in plain["columnDefinitions"]?.AsArray() ?? [])
            column!.AsObject().Remove("description");
        foreach (var row in plain["rows"]?.AsArray() ?? [])
        {
            var cells = row!["cells"]!.AsArray();
            for (var i = 0; i < cells.Count; i++)
            {
                if ((string?)columns?[i]?["name"] is "Age" or "Last Schedule" && cells[i] is JsonValue age && Age().IsMatch(age.ToString()))
                    cells[i] = "<age>";
            }
        }

        return plain;
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Uid();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")]
    private static partial Regex Time();

    [GeneratedRegex(@"(current: |in record \(|too old resource version: 1 \()\d+")]
    private static partial Regex Version();

    /// <summary>Of the range of services.</summary>
    [GeneratedRegex(@"\b10\.(9[6-9]|10\d|11[01])\.\d+\.\d+\b")]
    private static partial Regex Address();

    /// <summary>The end of a generated name.</summary>
    [GeneratedRegex("(G_|kube-api-access-)[a-z0-9]{5}")]
    private static partial Regex Chance();

    [GeneratedRegex(@"^(\d+[smhdy])+$")]
    private static partial Regex Age();
}
