using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace KubeSharp.Machinery;

/// <summary>The entry points of the JSON codec. Decoding throws <see cref="DecodeException"/> and nothing else, whatever the bytes.</summary>
public static class Json
{
    /// <summary>Go stops at 10,000; a tenth of a stack is enough for every real document.</summary>
    private const int MaxDepth = 512;

    public static JsonReaderOptions ReaderOptions { get; } = new() { MaxDepth = MaxDepth };

    /// <summary>Escapes as Go's <c>encoding/json</c> does: &lt;, &gt; and &amp; become \u003c, \u003e and \u0026, letters of any language stay.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = GoJsonEncoder.Instance, SkipValidation = true, MaxDepth = MaxDepth * 2 };

    /// <exception cref="DecodeException">The bytes are not JSON, or not this type.</exception>
    public static T Decode<T>(ReadOnlySpan<byte> json, DecodeContext context)
        where T : class, IApiType<T>
    {
        try
        {
            return Read<T>(json, context);
        }
        catch (DecodeException) when (!context.IsStrict)
        {
            // The lenient context keeps no path; the second, strict, reading fails at the same place and knows it.
            return Retry<T>(json);
        }
    }

    public static T Decode<T>(ReadOnlySpan<byte> json)
        where T : class, IApiType<T> => Decode<T>(json, DecodeContext.Lenient);

    public static byte[] Encode<T>(T value)
        where T : class, IApiType<T>
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        EncodeTo(buffer, value);
        return buffer.WrittenSpan.ToArray();
    }

    public static void EncodeTo<T>(IBufferWriter<byte> output, T value)
        where T : class, IApiType<T>
    {
        using var writer = new Utf8JsonWriter(output, WriterOptions);
        value.WriteJson(writer);
    }

    /// <summary>Encodes an object whose type is not known here.</summary>
    public static byte[] EncodeObject(IObject value)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
            value.WriteJson(writer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Whether two values encode alike.</summary>
    public static bool AreAlike<T>(T left, T? right)
        where T : class, IApiType<T> =>
        ReferenceEquals(left, right) || (right is not null && Encode(left).AsSpan().SequenceEqual(Encode(right)));

    public static int HashOf<T>(T value)
        where T : class, IApiType<T>
    {
        var hash = default(HashCode);
        hash.AddBytes(Encode(value));
        return hash.ToHashCode();
    }

    public static string TextOf<T>(T value)
        where T : class, IApiType<T> => Encoding.UTF8.GetString(Encode(value));

    private static T Retry<T>(ReadOnlySpan<byte> json)
        where T : class, IApiType<T> => Read<T>(json, DecodeContext.Strict());

    private static T Read<T>(ReadOnlySpan<byte> json, DecodeContext context)
        where T : class, IApiType<T>
    {
        try
        {
            // The reader itself looks into a string only when it is asked for, and what is skipped or kept raw never is.
            if (!Utf8.IsValid(json))
                throw new DecodeException("invalid UTF-8 in JSON input");

            if (json.IndexOfAnyExcept(" \t\r\n"u8) < 0)
                throw new DecodeException("unexpected end of JSON input");

            var reader = new Utf8JsonReader(json, ReaderOptions);
            reader.Read();

            var value = T.ReadJson(ref reader, context);
            if (reader.Read())
                throw new DecodeException("invalid character after top-level value");

            return value;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            throw new DecodeException(e is JsonException { LineNumber: { } line } ? $"invalid JSON at line {line + 1}: {Sentence(e.Message)}" : Sentence(e.Message), e);
        }
    }

    /// <summary>The reader's own first sentence; what follows repeats the position.</summary>
    private static string Sentence(string message)
    {
        var end = message.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? message.TrimEnd('.') : message[..end];
    }
}
