using System.Globalization;
using System.Text.Json;

namespace KubeSharp.Machinery;

/// <summary>What the generated JSON writers share.</summary>
public static class JsonWrite
{
    public static void List<T>(Utf8JsonWriter writer, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        writer.WriteStartArray();
        for (var i = 0; i < items.Count; i++)
            write(writer, items[i]);
        writer.WriteEndArray();
    }

    /// <summary>Keys in the order of their UTF-8 bytes, as Go writes maps.</summary>
    public static void Map<T>(Utf8JsonWriter writer, IReadOnlyDictionary<string, T> items, Action<Utf8JsonWriter, T> write)
    {
        writer.WriteStartObject();
        foreach (var (key, value) in Sorted(items))
        {
            writer.WritePropertyName(key);
            write(writer, value);
        }

        writer.WriteEndObject();
    }

    /// <summary>The shortest digits that read back alike, with an exponent only where Go writes one: below 1e-6 and from 1e21.</summary>
    public static void Float(Utf8JsonWriter writer, double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        var mark = text.IndexOf('E', StringComparison.Ordinal);
        if (mark < 0)
        {
            writer.WriteNumberValue(value);
            return;
        }

        var exponent = int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        writer.WriteRawValue(
            exponent is >= -6 and < 21 ? Plain(text[..mark], exponent) : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, mark)}e{exponent:+0;-0}"),
            skipInputValidation: true);
    }

    public static void Bytes(Utf8JsonWriter writer, ReadOnlyMemory<byte> value) => writer.WriteBase64StringValue(value.Span);

    public static void Time(Utf8JsonWriter writer, DateTimeOffset value) =>
        Formatted(writer, value, "yyyy-MM-dd'T'HH:mm:ss'Z'");

    public static void MicroTime(Utf8JsonWriter writer, DateTimeOffset value) =>
        Formatted(writer, value, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'");

    public static void Quantity(Utf8JsonWriter writer, Quantity value) => writer.WriteStringValue(value.ToString());

    public static void IntOrString(Utf8JsonWriter writer, IntOrString value)
    {
        if (value.IsInt)
            writer.WriteNumberValue(value.Number);
        else
            writer.WriteStringValue(value.Text);
    }

    public static void Raw(Utf8JsonWriter writer, RawJson value)
    {
        if (value.IsEmpty)
            writer.WriteNullValue();
        else
            RawText.Write(writer, value.Bytes.Span);
    }

    internal static IEnumerable<KeyValuePair<string, T>> Sorted<T>(IReadOnlyDictionary<string, T> items) =>
        items.Count < 2 ? items : items.OrderBy(i => i.Key, Utf8Order.Comparer);

    /// <summary>Moves the point of <c>d.ddd</c>.</summary>
    private static string Plain(string mantissa, int exponent)
    {
        var sign = mantissa[0] == '-' ? "-" : "";
        var digits = mantissa[sign.Length..].Replace(".", "", StringComparison.Ordinal);
        return sign + (exponent < 0
            ? "0." + new string('0', -exponent - 1) + digits
            : digits.PadRight(exponent + 1, '0').Insert(exponent + 1, digits.Length > exponent + 1 ? "." : ""));
    }

    private static void Formatted(Utf8JsonWriter writer, DateTimeOffset value, string format)
    {
        if (value == default)
        {
            writer.WriteNullValue(); // Go's zero time
            return;
        }

        Span<char> text = stackalloc char[32];
        value.UtcDateTime.TryFormat(text, out var length, format, CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..length]);
    }
}

/// <summary>Orders strings as their UTF-8 bytes would be ordered; only surrogates differ from ordinal order.</summary>
internal sealed class Utf8Order : IComparer<string>
{
    public static Utf8Order Comparer { get; } = new();

    public int Compare(string? x, string? y)
    {
        var a = x.AsSpan();
        var b = y.AsSpan();
        var i = a.CommonPrefixLength(b);
        if (i == a.Length || i == b.Length)
            return a.Length - b.Length;

        var (high, low) = (char.IsSurrogate(a[i]), char.IsSurrogate(b[i]));
        return high == low ? a[i] - b[i] : high ? 1 : -1;
    }
}
