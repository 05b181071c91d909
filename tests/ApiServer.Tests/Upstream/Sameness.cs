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

    public static string Of(string text) => Version().Replace(Time().Replace(Uid().Replace(Type().Replace(Chance().Replace(text, "$1<generated>"), "selfType<n>"), "<uid>"), "<time>"), "$1<version>");

    private static JsonObject OfObject(JsonObject obj)
    {
        var plain = new JsonObject();
        foreach (var (key, value) in obj)
            plain[key] = key == "managedFields" && value is JsonArray entries ? InOrder(entries)
                : value is JsonValue text && text.GetValueKind() == JsonValueKind.String ? OfField(obj, key, (string)text!) : Of(value);

        if (IsText(obj["kind"], "Table") && obj["columnDefinitions"] is JsonArray columns)
            HideAges(plain, columns);
        return plain;
    }

    /// <summary>They come in the order of their times, which a recording passes through slowly and a test not at all.</summary>
    private static JsonArray InOrder(JsonArray entries)
    {
        string[] parts = ["manager", "operation", "subresource", "apiVersion"];
        return [.. entries.Select(Of).OrderBy(e => string.Join('\0', parts.Select(p => (e as JsonObject)?[p]?.ToString())), StringComparer.Ordinal)];
    }

    /// <summary>A failure without the order of its causes: where upstream walks a map, each run has its own.</summary>
    public static void Unorder(JsonObject answer)
    {
        if (answer["body"] is JsonObject { } body && (string?)body["kind"] == "Status" && body["details"]?["causes"] is JsonArray { Count: > 0 } causes)
        {
            body["details"]!["causes"] = new JsonArray([.. causes.OrderBy(Text, StringComparer.Ordinal).Select(c => c!.DeepClone())]);
            body["message"] = ((string)body["message"]!).Split(" is invalid: ")[0];
        }

        if (answer["warnings"] is JsonArray warnings)
            answer["warnings"] = new JsonArray([.. warnings.OrderBy(w => (string)w!, StringComparer.Ordinal).Select(w => w!.DeepClone())]);
    }

    private static string OfField(JsonObject parent, string key, string value) => key switch
    {
        "uid" or "resourceVersion" or "continue" => value.Length == 0 ? "" : $"<{key}>",
        "name" when (string?)parent["generateName"] is { } start && value.StartsWith(start, StringComparison.Ordinal) => start + "<generated>",
        _ => Of(value),
    };

    /// <summary>A schema has properties of these names too, and they are no text.</summary>
    private static bool IsText(JsonNode? node, string text) => node is JsonValue && node.ToString() == text;

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

    [GeneratedRegex(@"selfType\d+")]
    private static partial Regex Type();

    /// <summary>The end of a generated name, where it stands in a message.</summary>
    [GeneratedRegex(@"(G_|x{58})(?!x)[a-z0-9]{5}\b")]
    private static partial Regex Chance();

    [GeneratedRegex(@"^(\d+[smhdy])+$")]
    private static partial Regex Age();
}
