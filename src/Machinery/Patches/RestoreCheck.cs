using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.Machinery;

/// <summary>
/// Says in the words of Go's converter between documents and structs why a document is none of its kind: that is what follows a strategic merge
/// patch, where other patches are followed by an ordinary decoding. Fields are looked at in the order of the structs.
/// </summary>
public static class RestoreCheck
{
    /// <returns>The first thing that is wrong; <see langword="null"/> if each value has the type of its field.</returns>
    public static string? Problem(JsonNode? document, Schema schema) => document is null ? null : schema.Type switch
    {
        SchemaType.Object => document is JsonObject fields ? InStruct(fields, schema) : $"cannot restore struct from: {KindOf(document)}",
        SchemaType.Map => document is JsonObject map ? InMap(map, schema) : $"cannot restore map from {KindOf(document)}",
        SchemaType.List => document is JsonArray list ? InList(list, schema) : $"cannot restore slice from {KindOf(document)}",
        SchemaType.Text when schema.Format.Length == 0 => Scalar(document, "string", JsonValueKind.String),
        SchemaType.Boolean => Scalar(document, "bool", JsonValueKind.True, JsonValueKind.False),
        SchemaType.Integer => Scalar(document, schema.Format.Length > 0 ? schema.Format : "int64", JsonValueKind.Number),
        SchemaType.Number => Scalar(document, "float64", JsonValueKind.Number),
        _ => null, // times, quantities and their like say themselves what they cannot read
    };

    private static string? InStruct(JsonObject document, Schema schema)
    {
        foreach (var field in schema.Fields)
        {
            if (document.TryGetPropertyValue(field.Name, out var value) && Problem(value, field.Schema) is { } problem)
                return problem;
        }

        return null;
    }

    private static string? InMap(JsonObject document, Schema schema) =>
        schema.Element is { } element ? document.Select(p => Problem(p.Value, element)).FirstOrDefault(p => p is not null) : null;

    private static string? InList(JsonArray document, Schema schema) =>
        schema.Element is { } element ? document.Select(i => Problem(i, element)).FirstOrDefault(p => p is not null) : null;

    private static string? Scalar(JsonNode document, string goType, params ReadOnlySpan<JsonValueKind> kinds) =>
        kinds.Contains(document.GetValueKind()) ? null : $"cannot convert {GoText.TypeOf(document)} to {goType}";

    private static string KindOf(JsonNode document) => document.GetValueKind() switch
    {
        JsonValueKind.Object => "map",
        JsonValueKind.Array => "slice",
        _ => GoText.TypeOf(document),
    };
}
