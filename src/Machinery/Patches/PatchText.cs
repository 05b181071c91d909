using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.Machinery;

/// <summary>Reads the JSON of a patch as Go does: of a repeated key the last counts.</summary>
internal static class PatchText
{
    /// <exception cref="PatchException">400: not JSON.</exception>
    public static JsonNode? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return NodeOf(JsonElement.Parse(json.Span, new() { MaxDepth = 1_000 }));
        }
        catch (InvalidOperationException e)
        {
            throw new PatchException(400, "invalid UTF-16 surrogate in a string of the patch", e);
        }
        catch (JsonException e)
        {
            throw new PatchException(400, GoMessage(json.Span, e), e);
        }
    }

    private static JsonNode? NodeOf(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new JsonObject();
                foreach (var property in element.EnumerateObject())
                    map[property.Name] = NodeOf(property.Value);
                return map;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(NodeOf)]);
            case JsonValueKind.Null:
                return null;
            default:
                return JsonValue.Create(element);
        }
    }

    private static string GoMessage(ReadOnlySpan<byte> json, JsonException e)
    {
        var text = json.TrimStart(" \t\r\n"u8);
        if (text.IsEmpty)
            return "unexpected end of JSON input";

        var isValueStart = text[0] is (byte)'{' or (byte)'[' or (byte)'"' or (byte)'-' or (byte)'t' or (byte)'f' or (byte)'n' or (>= (byte)'0' and <= (byte)'9');
        return isValueStart || Rune.DecodeFromUtf8(text, out var first, out _) is not System.Buffers.OperationStatus.Done
            ? e.Message
            : $"invalid character '{first}' looking for beginning of value";
    }
}
