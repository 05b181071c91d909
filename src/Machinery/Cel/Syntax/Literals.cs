using System.Globalization;
using System.Text;

namespace KubeSharp.Machinery.Cel;

/// <summary>The values of literal tokens.</summary>
internal static class Literals
{
    /// <returns><see langword="null"/> and the problem if the token denotes no value.</returns>
    public static CelValue? Read(Token token, string sign, out string problem)
    {
        problem = "";
        switch (token.Kind)
        {
            case TokenKind.Int:
                problem = "invalid int literal";
                return Int(token.Text, sign.Length > 0);
            case TokenKind.Uint:
                problem = "invalid uint literal";
                return Number(token.Text[..^1]) is { } whole && whole <= ulong.MaxValue ? CelValue.OfUint((ulong)whole) : null;
            case TokenKind.Double:
                problem = "invalid double literal";
                return double.TryParse(sign + token.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var d) && double.IsFinite(d) ? CelValue.Of(d) : null;
            case TokenKind.Bytes:
                return Bytes(token.Text, out problem) is { } bytes ? CelValue.OfBytes(bytes) : null;
            default:
                return Text(token.Text, out problem) is { } text ? CelValue.Of(text) : null;
        }
    }

    private static CelValue? Int(string text, bool isNegative)
    {
        if (Number(text) is not { } whole)
            return null;
        var value = isNegative ? -whole : whole;
        return value >= long.MinValue && value <= long.MaxValue ? CelValue.Of((long)value) : null;
    }

    private static Int128? Number(string text)
    {
        var isHex = text.StartsWith("0x", StringComparison.Ordinal);
        var digits = isHex ? text.AsSpan(2) : text;
        return Int128.TryParse(digits.Length <= 30 ? (isHex ? string.Concat("0", digits) : digits) : "x", isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
    }

    private static ReadOnlySpan<char> Unquote(string token, out bool isRaw)
    {
        var start = 0;
        isRaw = false;
        for (; token[start] is not ('"' or '\''); start++)
            isRaw |= token[start] is 'r' or 'R';
        var text = token.AsSpan(start);
        var quotes = text.Length >= 6 && text[1] == text[0] && text[2] == text[0] ? 3 : 1;
        return text[quotes..^quotes];
    }

    private static string? Text(string token, out string problem)
    {
        problem = "";
        var body = Unquote(token, out var isRaw);
        if (isRaw)
            return body.ToString();

        var text = new StringBuilder(body.Length);
        while (!body.IsEmpty)
        {
            var length = Lexer.EscapeLength(body);
            if (length == 0)
            {
                text.Append(body[0]);
                body = body[1..];
                continue;
            }

            var code = Code(body[..length]);
            if (!Rune.TryCreate(code, out var rune))
            {
                problem = "invalid unicode code point";
                return null;
            }

            text.Append(rune.ToString());
            body = body[length..];
        }

        return text.ToString();
    }

    /// <summary>In bytes, an escape of two or three digits is a byte, not a code point.</summary>
    private static byte[]? Bytes(string token, out string problem)
    {
        problem = "";
        var body = Unquote(token, out var isRaw);
        var bytes = new List<byte>(body.Length);
        Span<byte> buffer = stackalloc byte[4];
        while (!body.IsEmpty)
        {
            var length = isRaw ? 0 : Lexer.EscapeLength(body);
            if (length > 0 && body[1] is 'u' or 'U')
            {
                problem = "unable to unescape bytes: \\u and \\U are not allowed";
                return null;
            }

            if (length > 0)
            {
                bytes.Add((byte)Code(body[..length]));
                body = body[length..];
                continue;
            }

            Rune.DecodeFromUtf16(body, out var rune, out var consumed);
            bytes.AddRange(buffer[..rune.EncodeToUtf8(buffer)]);
            body = body[consumed..];
        }

        return [.. bytes];
    }

    private static uint Code(ReadOnlySpan<char> escape) => escape[1] switch
    {
        'a' => 7,
        'b' => 8,
        'f' => 12,
        'n' => 10,
        'r' => 13,
        't' => 9,
        'v' => 11,
        'x' or 'X' or 'u' or 'U' => uint.Parse(escape[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
        >= '0' and <= '3' => (uint)((escape[1] - '0') * 64 + (escape[2] - '0') * 8 + (escape[3] - '0')),
        var c => c,
    };
}
