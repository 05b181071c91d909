using System.Text.Json;

namespace KubeSharp.ApiServer.Http;

/// <summary>Writes JSON that is there already through a writer of another style, token by token.</summary>
internal static class JsonCopy
{
    public static void Copy(ReadOnlySpan<byte> json, Utf8JsonWriter w)
    {
        var reader = new Utf8JsonReader(json, Json.ReaderOptions);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    w.WriteStartObject();
                    break;
                case JsonTokenType.EndObject:
                    w.WriteEndObject();
                    break;
                case JsonTokenType.StartArray:
                    w.WriteStartArray();
                    break;
                case JsonTokenType.EndArray:
                    w.WriteEndArray();
                    break;
                case JsonTokenType.PropertyName:
                    w.WritePropertyName(reader.GetString() ?? "");
                    break;
                case JsonTokenType.String:
                    w.WriteStringValue(reader.GetString());
                    break;
                default:
                    w.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                    break;
            }
        }
    }
}
