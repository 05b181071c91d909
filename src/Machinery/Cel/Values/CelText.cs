using System.Globalization;
using System.Text;

namespace KubeSharp.Machinery.Cel;

/// <summary>Texts as CEL sees them: made of code points; and values as text.</summary>
internal static class CelText
{
    /// <summary>The number of code points.</summary>
    public static int Length(string text)
    {
        var length = text.Length;
        for (var i = 1; i < text.Length; i++)
        {
            if (char.IsLowSurrogate(text[i]) && char.IsHighSurrogate(text[i - 1]))
                length--;
        }

        return length;
    }

    /// <summary>Where code point <paramref name="index"/> begins, in UTF-16.</summary>
    public static int Offset(string text, long index)
    {
        var at = 0;
        for (long i = 0; i < index; i++)
            at += at + 1 < text.Length && char.IsHighSurrogate(text[at]) && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;
        return at;
    }

    /// <summary>As Go's <c>%g</c> writes a double.</summary>
    public static string Double(double value)
    {
        if (double.IsNaN(value))
            return "NaN";
        if (double.IsInfinity(value))
            return value > 0 ? "+Inf" : "-Inf";
        if (value == 0)
            return double.IsNegative(value) ? "-0" : "0";

        var (negative, digits, exponent) = Digits(value);
        var text = new StringBuilder(negative ? "-" : "");
        if (exponent is < -4 or >= 6)
        {
            text.Append(digits[0]);
            if (digits.Length > 1)
                text.Append('.').Append(digits, 1, digits.Length - 1);
            return text.Append(CultureInfo.InvariantCulture, $"e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}").ToString();
        }

        return Positional(text, digits, exponent).ToString();
    }

    /// <summary>Without an exponent, with as many digits as are needed (Go's <c>%f</c> with precision -1).</summary>
    public static string Plain(double value)
    {
        if (!double.IsFinite(value) || value == 0)
            return Double(value);
        var (negative, digits, exponent) = Digits(value);
        return Positional(new(negative ? "-" : ""), digits, exponent).ToString();
    }

    public static string Duration(long nanos)
    {
        var whole = Int128.Abs(nanos);
        var (seconds, rest) = Int128.DivRem(whole, 1_000_000_000);
        var fraction = rest == 0 ? "" : "." + ((int)rest).ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');
        return $"{(nanos < 0 ? "-" : "")}{(long)seconds}{fraction}s";
    }

    /// <summary>For messages and for <c>%s</c>.</summary>
    public static string Show(CelValue value)
    {
        var text = new StringBuilder();
        Show(text, value, isQuoted: false, depth: 0);
        return text.ToString();
    }

    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                '\a' => quoted.Append("\\a"),
                '\b' => quoted.Append("\\b"),
                '\f' => quoted.Append("\\f"),
                '\v' => quoted.Append("\\v"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    private static void Show(StringBuilder text, CelValue value, bool isQuoted, int depth)
    {
        if (depth > 100)
        {
            text.Append("...");
            return;
        }

        switch (value.Kind)
        {
            case CelKind.List:
                text.Append('[');
                for (var i = 0; i < value.AsList.Count; i++)
                    Show(i == 0 ? text : text.Append(", "), value.AsList[i], isQuoted: true, depth + 1);
                text.Append(']');
                break;
            case CelKind.Map:
                ShowMap(text, value.AsMap, depth);
                break;
            case CelKind.Object:
                text.Append(value.AsObject.Type.Name).Append('{');
                text.AppendJoin(", ", value.AsObject.Present.Select(f => $"{f}: {Nested(value.AsObject, f, depth)}")).Append('}');
                break;
            case CelKind.Optional:
                text.Append(value.TryGetOptional(out var held) ? "optional(" : "optional.none()");
                if (!held.Equals(default) || value.TryGetOptional(out _))
                    Show(text, held, isQuoted, depth + 1);
                if (value.TryGetOptional(out _))
                    text.Append(')');
                break;
            default:
                text.Append(isQuoted && value.Kind is CelKind.Text ? Quote(value.AsText) : Scalar(value));
                break;
        }
    }

    private static string Nested(CelObject value, string field, int depth)
    {
        var text = new StringBuilder();
        Show(text, value.TryGet(field, out var inner) ? inner : default, isQuoted: true, depth + 1);
        return text.ToString();
    }

    private static void ShowMap(StringBuilder text, CelMap map, int depth)
    {
        var entries = map.Keys.Select(key =>
        {
            var entry = new StringBuilder();
            Show(entry, key, isQuoted: true, depth + 1);
            entry.Append(':');
            Show(entry, map.TryGet(key, out var value) ? value : default, isQuoted: true, depth + 1);
            return entry.ToString();
        });
        text.Append('{').AppendJoin(", ", entries.Order(StringComparer.Ordinal)).Append('}');
    }

    private static string Scalar(CelValue value) => value.Kind switch
    {
        CelKind.Null => "null",
        CelKind.Bool => value.AsBool ? "true" : "false",
        CelKind.Int => value.AsInt.ToString(CultureInfo.InvariantCulture),
        CelKind.Uint => value.AsUint.ToString(CultureInfo.InvariantCulture),
        CelKind.Double => Double(value.AsDouble),
        CelKind.Text => value.AsText,
        CelKind.Bytes => Encoding.UTF8.GetString(value.AsBytes.Span),
        CelKind.Duration => Duration(value.AsDuration),
        CelKind.Timestamp => value.AsTimestamp.ToString(),
        CelKind.Type => value.AsType.Name,
        CelKind.Opaque => value.AsOpaque.Text,
        _ => value.AsError.Message,
    };

    /// <summary>The shortest digits that give the value back, and the power of ten of the first.</summary>
    private static (bool Negative, string Digits, int Exponent) Digits(double value)
    {
        var text = value.ToString("E16", CultureInfo.InvariantCulture);
        var shortest = value.ToString("R", CultureInfo.InvariantCulture);
        var negative = shortest[0] == '-';
        var mantissaEnd = shortest.IndexOf('E', StringComparison.Ordinal);
        var mantissa = (mantissaEnd < 0 ? shortest : shortest[..mantissaEnd]).TrimStart('-').Replace(".", "", StringComparison.Ordinal).TrimStart('0').TrimEnd('0');
        var exponent = int.Parse(text.AsSpan(text.IndexOf('E', StringComparison.Ordinal) + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return (negative, mantissa.Length == 0 ? "0" : mantissa, exponent);
    }

    private static StringBuilder Positional(StringBuilder text, string digits, int exponent)
    {
        if (exponent < 0)
            return text.Append("0.").Append('0', -exponent - 1).Append(digits);
        if (digits.Length <= exponent + 1)
            return text.Append(digits).Append('0', exponent + 1 - digits.Length);
        return text.Append(digits, 0, exponent + 1).Append('.').Append(digits, exponent + 1, digits.Length - exponent - 1);
    }
}
