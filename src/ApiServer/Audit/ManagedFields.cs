using System.Buffers;
using System.Text.Json;

namespace KubeSharp.ApiServer.Audit;

/// <summary>Cuts <c>metadata.managedFields</c> out of the JSON of an object, of each item of a list, and of each row of a table. Pure.</summary>
internal static class ManagedFields
{
    public static ReadOnlyMemory<byte> Without(ReadOnlyMemory<byte> json)
    {
        if (json.Span.IndexOf("\"managedFields\""u8) < 0)
            return json;

        var output = new ArrayBufferWriter<byte>(json.Length);
        using (var writer = new Utf8JsonWriter(output, Json.WriterOptions))
        {
            var reader = new Utf8JsonReader(json.Span, Json.ReaderOptions);
            reader.Read();
            CopyObject(ref reader, writer, isTop: true);
        }

        return output.WrittenMemory;
    }

    /// <summary>The reader stands on the brace of something with metadata, or on another value.</summary>
    private static void CopyObject(ref Utf8JsonReader reader, Utf8JsonWriter writer, bool isTop)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            CopyValue(ref reader, writer);
            return;
        }

        writer.WriteStartObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            writer.WritePropertyName(name);
            reader.Read();
            switch (name)
            {
                case "metadata" when reader.TokenType == JsonTokenType.StartObject:
                    CopyMetadata(ref reader, writer);
                    break;
                case "items" or "rows" when isTop && reader.TokenType == JsonTokenType.StartArray:
                    writer.WriteStartArray();
                    while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                        CopyItem(ref reader, writer, isRow: name == "rows");
                    writer.WriteEndArray();
                    break;
                default:
                    CopyValue(ref reader, writer);
                    break;
            }
        }

        writer.WriteEndObject();
    }

    private static void CopyItem(ref Utf8JsonReader reader, Utf8JsonWriter writer, bool isRow)
    {
        if (!isRow || reader.TokenType != JsonTokenType.StartObject)
        {
            CopyObject(ref reader, writer, isTop: false);
            return;
        }

        writer.WriteStartObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            writer.WritePropertyName(name);
            reader.Read();
            if (name == "object")
                CopyObject(ref reader, writer, isTop: false);
            else
                CopyValue(ref reader, writer);
        }

        writer.WriteEndObject();
    }

    private static void CopyMetadata(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name == "managedFields")
            {
                reader.Skip();
                continue;
            }

            writer.WritePropertyName(name);
            CopyValue(ref reader, writer);
        }

        writer.WriteEndObject();
    }

    private static void CopyValue(ref Utf8JsonReader reader, Utf8JsonWriter writer) => writer.WriteRawValue(JsonRead.Raw(ref reader).Bytes.Span, skipInputValidation: true);
}
