using System.Buffers;
using System.Text.Json;

namespace KubeSharp.Machinery;

/// <summary>The JSON in which managed fields are kept: a tree of path elements, <c>"."</c> for a place that is a member and has members below.</summary>
public static class FieldsV1
{
    private const int MaxDepth = 512;

    /// <exception cref="DecodeException">Not FieldsV1.</exception>
    public static FieldSet Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json.Span, new() { MaxDepth = MaxDepth });
            if (!reader.Read())
                throw new DecodeException("unexpected end of JSON input");
            var mark = ReadPlace(ref reader);
            if (reader.Read())
                throw new DecodeException("unexpected trailing data after JSON object");
            return mark.Children;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new DecodeException("managed fields are not JSON", e);
        }
    }

    internal static byte[] Write(FieldSet set)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Machinery.Json.WriterOptions))
            Write(writer, set, isMember: false);
        return buffer.WrittenSpan.ToArray();
    }

    private static FieldMark ReadPlace(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return FieldMark.Member;
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new DecodeException("managed fields are a tree of objects");

        var isMember = false;
        var children = default(FieldSetBuilder);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("."u8))
            {
                isMember = true;
                reader.Skip();
                continue;
            }

            var element = PathElement.Parse(reader.GetString()!); // a property name is never null
            reader.Read();
            if (element is { } known)
                children.Add(known, ReadPlace(ref reader));
            else
                reader.Skip();
        }

        var below = children.Build();
        return new(isMember || below.IsEmpty, below);
    }

    private static void Write(Utf8JsonWriter writer, FieldSet set, bool isMember)
    {
        writer.WriteStartObject();
        if (isMember && !set.IsEmpty)
        {
            writer.WriteStartObject("."u8);
            writer.WriteEndObject();
        }

        foreach (var entry in set.Entries)
        {
            writer.WritePropertyName(Prefix(entry.Element.Kind) + entry.Element.Text);
            Write(writer, entry.Children, entry.IsMember);
        }

        writer.WriteEndObject();
    }

    private static string Prefix(PathElementKind kind) => kind switch
    {
        PathElementKind.Field => "f:",
        PathElementKind.Key => "k:",
        PathElementKind.Value => "v:",
        _ => "i:",
    };
}
