using System.Globalization;
using System.Text.Json;

namespace KubeSharp.Machinery;

/// <summary>A value that identifies an item of a list: part of a key, or the item itself. Numbers are equal by value, not by spelling.</summary>
public readonly record struct FieldScalar
{
    private FieldScalar(JsonValueKind kind, string text) => (Kind, Text) = (kind, text);

    public JsonValueKind Kind { get; }

    /// <summary>The string itself, or the JSON of anything else.</summary>
    public string Text { get; }

    public static FieldScalar Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => new(JsonValueKind.String, value.GetString()!), // the kind has just been looked at
        JsonValueKind.Number => new(JsonValueKind.Number, Canonical(value)),
        var kind => new(kind, value.GetRawText()),
    };

    public static FieldScalar Of(string text) => new(JsonValueKind.String, text);

    /// <summary>Numbers, strings, booleans, the rest: upstream's order.</summary>
    public int CompareTo(FieldScalar other)
    {
        var byKind = Rank(Kind).CompareTo(Rank(other.Kind));
        if (byKind != 0)
            return byKind;

        return Kind == JsonValueKind.Number && Number(Text) is var mine && Number(other.Text) is var theirs && mine != theirs
            ? mine.CompareTo(theirs)
            : string.CompareOrdinal(Text, other.Text);
    }

    /// <summary>As JSON, which is also how Go's <c>%q</c> writes all but exotic strings.</summary>
    public override string ToString() => Kind == JsonValueKind.String ? Quote(Text) : Text;

    internal static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, GoJsonEncoder.Instance)}\"";

    private static string Canonical(JsonElement number)
    {
        if (number.TryGetInt64(out var integer))
            return integer.ToString(CultureInfo.InvariantCulture);

        var value = number.GetDouble();
        return value is > -9e15 and < 9e15 && value == Math.Truncate(value)
            ? ((long)value).ToString(CultureInfo.InvariantCulture)
            : value.ToString("R", CultureInfo.InvariantCulture);
    }

    private static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static int Rank(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Number => 0,
        JsonValueKind.String => 1,
        JsonValueKind.False or JsonValueKind.True => 2,
        JsonValueKind.Array => 3,
        JsonValueKind.Object => 4,
        _ => 5,
    };
}
