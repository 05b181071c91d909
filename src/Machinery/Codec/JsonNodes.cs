using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.Machinery;

/// <summary>Reads JSON into a document whole, as Go does: of a key that comes twice the last one counts.</summary>
/// <remarks><see cref="JsonNode.Parse(string, JsonNodeOptions?, JsonDocumentOptions)"/> reads lazily and fails on such a key when somebody first looks there.</remarks>
public static class JsonNodes
{
    internal delegate JsonValue NumberReader(ref Utf8JsonReader reader);

    /// <param name="context">Told of keys that come twice.</param>
    /// <exception cref="JsonException">Not JSON, not UTF-8, or too deep.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> json, DecodeContext context)
    {
        try
        {
            return Read(json, Json.ReaderOptions, context);
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("the text is not valid UTF-8", e);
        }
    }

    /// <exception cref="JsonException">Not JSON, or too deep.</exception>
    /// <exception cref="InvalidOperationException">A string is not UTF-8 or has half a surrogate pair.</exception>
    internal static JsonNode? Read(ReadOnlySpan<byte> json, JsonReaderOptions options, DecodeContext context)
    {
        var reader = new Utf8JsonReader(json, options);
        reader.Read();
        var node = Read(ref reader, context, AsWritten);
        // Only white space may follow; anything else is the reader's to refuse.
        reader.Read();
        return node;
    }

    /// <summary>Reads the value on whose first token the reader stands, and leaves it on the last.</summary>
    /// <inheritdoc cref="Read(ReadOnlySpan{byte}, JsonReaderOptions, DecodeContext)" path="/exception"/>
    internal static JsonNode? Read(ref Utf8JsonReader reader, DecodeContext context, NumberReader number) => reader.TokenType switch
    {
        JsonTokenType.StartObject => ReadObject(ref reader, context, number),
        JsonTokenType.StartArray => ReadArray(ref reader, context, number),
        JsonTokenType.String => JsonValue.Create(reader.GetString()),
        JsonTokenType.Number => number(ref reader),
        JsonTokenType.True => JsonValue.Create(true),
        JsonTokenType.False => JsonValue.Create(false),
        _ => null,
    };

    /// <summary>Digit by digit as it came.</summary>
    private static JsonValue AsWritten(ref Utf8JsonReader reader) => JsonValue.Create(JsonElement.ParseValue(ref reader))!; // a number is no null

    private static JsonObject ReadObject(ref Utf8JsonReader reader, DecodeContext context, NumberReader number)
    {
        var obj = new JsonObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!; // a property's name is no null
            reader.Read();
            context.Enter(name);
            var value = Read(ref reader, context, number);
            context.Leave();
            if (obj.ContainsKey(name))
                context.Duplicate(name);
            obj[name] = value;
        }

        return obj;
    }

    private static JsonArray ReadArray(ref Utf8JsonReader reader, DecodeContext context, NumberReader number)
    {
        var list = new JsonArray();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            context.Enter(context.IsStrict ? $"[{list.Count}]" : "");
            list.Add(Read(ref reader, context, number));
            context.Leave();
        }

        return list;
    }
}
