using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.Machinery;

/// <summary>Reads JSON into a document whole, as Go does: of a key that comes twice the last one counts.</summary>
/// <remarks><see cref="JsonNode.Parse(string, JsonNodeOptions?, JsonDocumentOptions)"/> reads lazily and fails on such a key when somebody first looks there.</remarks>
public static class JsonNodes
{
    /// <param name="duplicates">Takes the path of each key that comes twice (<c>spec.containers[0].name</c>).</param>
    /// <exception cref="JsonException">Not JSON, not UTF-8, or too deep.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> json, ICollection<string>? duplicates = null)
    {
        var reader = new Utf8JsonReader(json, Json.ReaderOptions);
        try
        {
            reader.Read();
            var node = Read(ref reader, "", duplicates);
            // Only white space may follow; anything else is the reader's to refuse.
            reader.Read();
            return node;
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("the text is not valid UTF-8", e);
        }
    }

    private static JsonNode? Read(ref Utf8JsonReader reader, string path, ICollection<string>? duplicates) => reader.TokenType switch
    {
        JsonTokenType.StartObject => ReadObject(ref reader, path, duplicates),
        JsonTokenType.StartArray => ReadArray(ref reader, path, duplicates),
        JsonTokenType.String => JsonValue.Create(reader.GetString()),
        JsonTokenType.True => JsonValue.Create(true),
        JsonTokenType.False => JsonValue.Create(false),
        JsonTokenType.Null => null,
        _ => JsonValue.Create(JsonElement.ParseValue(ref reader)), // a number, digit by digit as it came
    };

    private static JsonObject ReadObject(ref Utf8JsonReader reader, string path, ICollection<string>? duplicates)
    {
        var obj = new JsonObject();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            var inner = duplicates is null ? "" : path.Length > 0 ? $"{path}.{name}" : name;
            if (duplicates is not null && obj.ContainsKey(name))
                duplicates.Add(inner);
            reader.Read();
            obj[name] = Read(ref reader, inner, duplicates);
        }

        return obj;
    }

    private static JsonArray ReadArray(ref Utf8JsonReader reader, string path, ICollection<string>? duplicates)
    {
        var array = new JsonArray();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            array.Add(Read(ref reader, duplicates is null ? "" : $"{path}[{array.Count}]", duplicates));
        return array;
    }
}
