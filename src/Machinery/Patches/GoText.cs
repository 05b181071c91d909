using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.Machinery;

/// <summary>JSON as Go's <c>fmt</c> prints it, for messages that must be upstream's.</summary>
public static class GoText
{
    /// <summary>Go's <c>%v</c>: <c>map[a:1 b:[x y]]</c>.</summary>
    public static string Of(JsonNode? node) => node switch
    {
        null => "<nil>",
        JsonObject map => $"map[{string.Join(' ', map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}:{Of(p.Value)}"))}]",
        JsonArray list => OfList(list),
        _ => node.GetValueKind() is JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString(),
    };

    public static string OfList(IEnumerable<JsonNode?> list) => $"[{string.Join(' ', list.Select(Of))}]";

    /// <summary>The Go type a JSON value decodes to.</summary>
    public static string TypeOf(JsonNode? node) => node?.GetValueKind() switch
    {
        null => "%!s(<nil>)",
        JsonValueKind.Object => "map[string]interface {}",
        JsonValueKind.Array => "[]interface {}",
        JsonValueKind.String => "string",
        JsonValueKind.Number => node.ToJsonString().AsSpan().ContainsAny('.', 'e', 'E') ? "float64" : "int64",
        _ => "bool",
    };
}
