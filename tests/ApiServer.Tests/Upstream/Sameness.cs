using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KubeSharp.ApiServer.Tests.Upstream;

/// <summary>Answers without what differs from run to run. The recorder leaves the same out, so recorded answers come through unchanged.</summary>
internal static partial class Sameness
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One line a value, keys in order.</summary>
    public static string Text(JsonNode? answer) => Sorted(answer)?.ToJsonString(Readable) ?? "null";

    public static JsonNode? Of(JsonNode? answer) => answer switch
    {
        JsonObject obj => OfObject(obj),
        JsonArray list => new JsonArray([.. list.Select(Of)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Of((string)value!),
        _ => answer?.DeepClone(),
    };

    public static string Of(string text) => Version().Replace(Time().Replace(Uid().Replace(text, "<uid>"), "<time>"), "$1<version>");

    private static JsonObject OfObject(JsonObject obj)
    {
        var plain = new JsonObject();
        foreach (var (key, value) in obj)
            plain[key] = value is JsonValue text && text.GetValueKind() == JsonValueKind.String ? OfField(obj, key, (string)text!) : Of(value);

        if ((string?)obj["kind"] == "Table" && obj["columnDefinitions"] is JsonArray columns)
            HideAges(plain, columns);
        return plain;
    }

    private static string OfField(JsonObject parent, string key, string value) => key switch
    {
        "uid" or "resourceVersion" or "continue" => value.Length == 0 ? "" : $"<{key}>",
        "name" when (string?)parent["generateName"] is { } start && value.StartsWith(start, StringComparison.Ordinal) => start + "<generated>",
        _ => Of(value),
    };

    private static void HideAges(JsonObject table, JsonArray columns)
    {
        foreach (var row in table["rows"]?.AsArray() ?? [])
        {
            var cells = row!["cells"]!.AsArray();
            for (var i = 0; i < cells.Count; i++)
            {
                if ((string?)columns[i]!["name"] == "Age" && cells[i] is JsonValue age && Age().IsMatch(age.ToString()))
                    cells[i] = "<age>";
            }
        }
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject obj => new JsonObject(obj.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Uid();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")]
    private static partial Regex Time();

    [GeneratedRegex(@"(current: |in record \(|resource version: )\d+( \(\d+\))?")]
    private static partial Regex Version();

    [GeneratedRegex(@"^(\d+[smhdy])+$")]
    private static partial Regex Age();
}
