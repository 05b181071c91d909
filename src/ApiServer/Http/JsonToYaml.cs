using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace KubeSharp.ApiServer.Http;

/// <summary>Writes JSON as block-style YAML with sorted keys, as upstream's <c>sigs.k8s.io/yaml</c> does.</summary>
internal static class JsonToYaml
{
    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        "", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", ".inf", "-.inf", "+.inf", ".nan", "<<", "=",
    };

    private static readonly SearchValues<char> NumberLetters = SearchValues.Create("0123456789abcdefABCDEFxo_.:+-TZ");

    public static byte[] Convert(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, Json.ReaderOptions);
        using var document = JsonDocument.ParseValue(ref reader);
        var text = new StringBuilder(json.Length * 2);
        Write(text, document.RootElement, 0, isInline: false);
        return System.Text.Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <param name="isInline">Whether the first line goes on after a list's dash.</param>
    private static void Write(StringBuilder text, JsonElement value, int indent, bool isInline)
    {
        if (value.ValueKind == JsonValueKind.Object && value.GetPropertyCount() > 0)
        {
            foreach (var property in value.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal))
            {
                if (!isInline)
                    text.Append(' ', indent);
                isInline = false;
                text.Append(Scalar(property.Name)).Append(':');
                // Lists stand at the indent of their key.
                WriteAfter(text, property.Value, property.Value.ValueKind == JsonValueKind.Array ? indent : indent + 2);
            }
        }
        else if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0)
        {
            foreach (var item in value.EnumerateArray())
            {
                if (!isInline)
                    text.Append(' ', indent);
                isInline = false;
                text.Append('-');
                if (IsBlock(item))
                {
                    text.Append(' ');
                    Write(text, item, indent + 2, isInline: true);
                }
                else
                {
                    WriteAfter(text, item, indent + 2);
                }
            }
        }
        else
        {
            WriteAfter(text, value, indent);
        }
    }

    private static void WriteAfter(StringBuilder text, JsonElement value, int indent)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object or JsonValueKind.Array when IsBlock(value):
                text.Append('\n');
                Write(text, value, indent, isInline: false);
                return;
            case JsonValueKind.Object:
                text.Append(" {}\n");
                return;
            case JsonValueKind.Array:
                text.Append(" []\n");
                return;
            case JsonValueKind.String:
                WriteText(text, value.GetString() ?? "", indent);
                return;
            default:
                text.Append(' ').Append(value.GetRawText()).Append('\n');
                return;
        }
    }

    private static bool IsBlock(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.GetPropertyCount() > 0,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        _ => false,
    };

    /// <summary>Text of several lines becomes a literal block where that keeps every character.</summary>
    private static void WriteText(StringBuilder text, string value, int indent)
    {
        var isBlock = value.Contains('\n', StringComparison.Ordinal) && !value.StartsWith(' ') && !value.StartsWith('\n')
            && !value.Any(c => char.IsControl(c) && c != '\n') && !value.Split('\n').Any(l => l.EndsWith(' '));
        if (!isBlock)
        {
            text.Append(' ').Append(Scalar(value)).Append('\n');
            return;
        }

        text.Append(value.EndsWith("\n\n", StringComparison.Ordinal) ? " |+\n" : value.EndsWith('\n') ? " |\n" : " |-\n");
        foreach (var line in (value.EndsWith('\n') ? value[..^1] : value).Split('\n'))
        {
            if (line.Length > 0)
                text.Append(' ', Math.Max(2, indent)).Append(line);
            text.Append('\n');
        }
    }

    private static string Scalar(string value) => IsPlain(value) ? value : Quote(value);

    private static bool IsPlain(string value)
    {
        if (Words.Contains(value) || value[0] is ' ' or '-' or '?' or ':' or ',' or '[' or ']' or '{' or '}' or '#' or '&' or '*' or '!' or '|' or '>' or '\'' or '"' or '%' or '@' or '`'
            || value[^1] is ' ' or ':' || value.Contains(": ", StringComparison.Ordinal) || value.Contains(" #", StringComparison.Ordinal))
            return false;

        // What could be read as a number, a date or a sexagesimal is quoted.
        var isNumberLike = (char.IsAsciiDigit(value[0]) || value[0] is '+' or '.')
            && value.Any(char.IsAsciiDigit) && !value.AsSpan().ContainsAnyExcept(NumberLetters);
        return !isNumberLike && !value.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029' or '\ufeff');
    }

    private static string Quote(string value)
    {
        var quoted = new StringBuilder(value.Length + 2).Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                '\r' => quoted.Append("\\r"),
                _ when char.IsControl(c) || c is '\u2028' or '\u2029' or '\ufeff' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
