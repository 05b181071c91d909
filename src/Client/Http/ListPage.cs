using System.Text.Json;

namespace KubeSharp.Client.Http;

/// <summary>Reads one answer to a list request; the list kinds differ in nothing but their items.</summary>
internal static class ListPage
{
    /// <summary>Adds the items, each saying its kind, which the wire leaves out inside lists.</summary>
    /// <exception cref="DecodeException">The bytes are not a list of this kind.</exception>
    public static ListMeta Read<T>(ReadOnlySpan<byte> json, List<T> items)
        where T : class, IObject<T>
    {
        try
        {
            var reader = new Utf8JsonReader(json, Json.ReaderOptions);
            return Read(ref reader, items);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new DecodeException($"not a list of {T.Type.QualifiedPlural}: {e.Message}", e);
        }
    }

    private static ListMeta Read<T>(ref Utf8JsonReader reader, List<T> items)
        where T : class, IObject<T>
    {
        var metadata = ListMeta.Empty;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new DecodeException($"not a list of {T.Type.QualifiedPlural}");

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isItems = reader.ValueTextEquals("items"u8);
            var isMetadata = !isItems && reader.ValueTextEquals("metadata"u8);
            reader.Read();
            if (isItems && reader.TokenType == JsonTokenType.StartArray)
                ReadItems(ref reader, items);
            else if (isMetadata && reader.TokenType == JsonTokenType.StartObject)
                metadata = ListMeta.ReadJson(ref reader, DecodeContext.Lenient);
            else
                reader.Skip();
        }

        return metadata;
    }

    private static void ReadItems<T>(ref Utf8JsonReader reader, List<T> items)
        where T : class, IObject<T>
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            items.Add(T.ReadJson(ref reader, DecodeContext.Lenient).WithTypeMeta());
    }
}
