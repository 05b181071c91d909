using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.OpenApi;

/// <summary>The schemas of custom resources in the two dialects: v3 is what their authors wrote, v2 knows less. Pure.</summary>
internal static class CustomSchemas
{
    private static readonly HashSet<string> OnlyInThree = ["nullable", "oneOf", "anyOf", "allOf", "not"];
    private static readonly HashSet<string> OfKnownFields = ["type", "properties", "items", "additionalProperties"];

    public static JsonObject Of(JsonObject document, OpenApiVersion version) =>
        version == OpenApiVersion.V3 ? document
        // Of an object that may hold anything v2 says nothing else, as upstream.
        : KeepsUnknown(document) ? new JsonObject { ["type"] = "object" }
        : Second(document);

    /// <summary>
    /// What a client of v2 would check wrongly is left out: it would refuse a null that is allowed, or a field that is preserved. Of an object
    /// that may hold unknown fields it is not even told the type, or it would look for them among the properties (upstream's rules).
    /// </summary>
    private static JsonObject Second(JsonObject schema)
    {
        var keepsUnknown = KeepsUnknown(schema);
        var isEither = Is(schema, "x-kubernetes-int-or-string");
        var isNullable = Is(schema, "nullable");
        var isUntyped = (string?)schema["type"] switch
        {
            "object" => keepsUnknown,
            "array" => keepsUnknown || schema["items"] is null,
            _ => false,
        };
        var second = new JsonObject();
        foreach (var (name, value) in schema)
        {
            var isDropped = OnlyInThree.Contains(name) || (keepsUnknown && name is "items" or "properties") || (isUntyped && name == "type")
                || (isEither && name is "type" or "format") || (isNullable && (OfKnownFields.Contains(name) || name is "enum" or "required" or "format"));
            if (!isDropped)
                second[name] = Part(name, value);
        }

        // A null that is sent is no missing field, but such a client takes it for one.
        if (second["required"] is JsonArray required && schema["properties"] is JsonObject properties)
        {
            var kept = required.Where(r => !(properties[(string)r!] is JsonObject property && Is(property, "nullable"))).Select(r => r!.DeepClone()).ToArray();
            if (kept.Length == 0)
                second.Remove("required");
            else
                second["required"] = new JsonArray(kept);
        }

        return second;
    }

    private static bool KeepsUnknown(JsonObject schema) => Is(schema, "x-kubernetes-preserve-unknown-fields");

    private static bool Is(JsonObject schema, string name) => schema[name]?.GetValueKind() == System.Text.Json.JsonValueKind.True;

    private static JsonNode? Part(string name, JsonNode? value) => (name, value) switch
    {
        ("items" or "additionalProperties", JsonObject schema) => Second(schema),
        ("properties", JsonObject map) => new JsonObject(map.Select(p => KeyValuePair.Create(p.Key, p.Value is JsonObject schema ? (JsonNode?)Second(schema) : p.Value?.DeepClone()))),
        _ => value?.DeepClone(),
    };
}
