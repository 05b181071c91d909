using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.Machinery.StructuralSchemas;

/// <summary>
/// JSON as Go's unstructured objects hold it: objects, lists, strings, booleans, and numbers that are either 64-bit integers or doubles.
/// Trees read here hold their numbers as <see cref="long"/> or <see cref="double"/>, so that 1 and 1.0 stay apart until they are written.
/// </summary>
public static class JsonTree
{
    /// <exception cref="DecodeException">Not JSON, or not an object.</exception>
    public static JsonObject Parse(ReadOnlySpan<byte> json, DecodeContext context)
    {
        try
        {
            var reader = new Utf8JsonReader(json, Json.ReaderOptions);
            if (!reader.Read())
                throw new DecodeException("unexpected end of JSON input");
            if (reader.TokenType != JsonTokenType.StartObject)
                throw new DecodeException("json: cannot unmarshal the value into an object");

            var tree = (JsonObject)JsonNodes.Read(ref reader, context, ReadNumber)!; // it begins as an object
            return reader.Read() ? throw new DecodeException("invalid character after top-level value") : tree;
        }
        catch (InvalidOperationException e)
        {
            throw new DecodeException("a string is not valid UTF-8 or has a lone surrogate", e);
        }
        catch (JsonException e)
        {
            throw new DecodeException(e.LineNumber is { } line ? $"invalid JSON at line {line + 1}" : "invalid JSON", e);
        }
    }

    /// <summary>Numbers as this class makes them, whoever made the node.</summary>
    public static JsonNode? Normalize(JsonNode? node) => node switch
    {
        JsonObject obj => new JsonObject(obj.Select(p => KeyValuePair.Create(p.Key, Normalize(p.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Normalize)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => Number(Encoding.UTF8.GetBytes(value.ToJsonString())),
        _ => node?.DeepClone(),
    };

    /// <summary>Keys in the order of their bytes, as Go writes maps.</summary>
    public static void Write(Utf8JsonWriter writer, JsonNode? node)
    {
        switch (node)
        {
            case null:
                writer.WriteNullValue();
                break;
            case JsonObject obj:
                writer.WriteStartObject();
                foreach (var (key, value) in obj.OrderBy(p => p.Key, Utf8Order.Comparer))
                {
                    writer.WritePropertyName(key);
                    Write(writer, value);
                }

                writer.WriteEndObject();
                break;
            case JsonArray list:
                writer.WriteStartArray();
                foreach (var item in list)
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }

    public static string Text(JsonNode? node)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(64);
        using (var writer = new Utf8JsonWriter(buffer, Json.WriterOptions))
            Write(writer, node);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>A value as field errors show it: text is quoted, what has parts is JSON.</summary>
    public static object? Shown(JsonNode? node) => node switch
    {
        null => null,
        JsonValue value when AsText(value) is { } text => text,
        JsonValue value when AsBoolean(value) is { } flag => flag,
        JsonValue value when AsInteger(value) is { } integer => integer,
        JsonValue value when AsNumber(value) is { } number => number,
        _ => new Verbatim(Text(node)),
    };

    public static string? AsText(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static bool? AsBoolean(JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : null;

    /// <summary>The integer, if it was written as one.</summary>
    public static long? AsInteger(JsonNode? node) => node is JsonValue value && value.TryGetValue<long>(out var number) ? number : null;

    /// <summary>Any number.</summary>
    public static double? AsNumber(JsonNode? node) =>
        AsInteger(node) is { } integer ? integer : node is JsonValue value && value.TryGetValue<double>(out var number) ? number : null;

    /// <summary>What is there along a path of field names; null if nothing is.</summary>
    public static JsonNode? Find(JsonNode? node, IEnumerable<string> path)
    {
        foreach (var step in path)
        {
            if (node is not JsonObject obj || !obj.TryGetPropertyValue(step, out node))
                return null;
        }

        return node;
    }

    private static JsonValue ReadNumber(ref Utf8JsonReader reader) => Number(reader.ValueSpan);

    private static JsonValue Number(ReadOnlySpan<byte> text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)
        ? JsonValue.Create(integer)
        : JsonValue.Create(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) is var number && double.IsFinite(number)
            ? number
            : throw new DecodeException($"json: cannot unmarshal number {Encoding.ASCII.GetString(text)} into Go value of type float64"));
}

/// <summary>Text that messages show as it stands.</summary>
internal sealed record Verbatim(string Text)
{
    public override string ToString() => Text;
}
