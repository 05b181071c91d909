using System.Text;
using System.Text.RegularExpressions;

namespace KubeSharp.Machinery.StructuralSchemas;

/// <summary>Regular expressions as Go's <c>regexp</c> understands them, on .NET's engine that never backtracks: no pattern of a user can hang the server.</summary>
public static class GoPattern
{
    private static readonly Dictionary<string, string> Posix = new()
    {
        ["alnum"] = "0-9A-Za-z", ["alpha"] = "A-Za-z", ["ascii"] = @"\x00-\x7F", ["blank"] = @"\t ", ["cntrl"] = @"\x00-\x1F\x7F", ["digit"] = "0-9",
        ["graph"] = "!-~", ["lower"] = "a-z", ["print"] = " -~", ["punct"] = @"!-/:-@\[-`{-~", ["space"] = @"\t\n\v\f\r ", ["upper"] = "A-Z", ["word"] = "0-9A-Za-z_", ["xdigit"] = "0-9A-Fa-f",
    };

    /// <exception cref="FormatException">Not a pattern of Go's; the message is Go's (<c>error parsing regexp: …</c>).</exception>
    public static Regex Compile(string pattern)
    {
        try
        {
            return new(Translate(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (RegexParseException e)
        {
            throw new FormatException("error parsing regexp: " + Reason(e.Error, pattern), e);
        }
        catch (NotSupportedException e)
        {
            throw new FormatException($"error parsing regexp: invalid or unsupported Perl syntax: `{pattern}`", e);
        }
    }

    private static string Reason(RegexParseError error, string pattern) => error switch
    {
        RegexParseError.InsufficientClosingParentheses => $"missing closing ): `{pattern}`",
        RegexParseError.InsufficientOpeningParentheses => $"unexpected ): `{pattern}`",
        RegexParseError.UnterminatedBracket => $"missing closing ]: `{pattern[pattern.LastIndexOf('[')..]}`",
        RegexParseError.QuantifierAfterNothing => $"missing argument to repetition operator: `{pattern.FirstOrDefault(c => c is '*' or '+' or '?')}`",
        RegexParseError.ReversedCharacterRange => $"invalid character class range: `{pattern}`",
        RegexParseError.UnescapedEndingBackslash => "trailing backslash at end of expression: ``",
        RegexParseError.NestedQuantifiersNotParenthesized => $"invalid nested repetition operator: `{pattern}`",
        RegexParseError.ReversedQuantifierRange => $"invalid repeat count: `{pattern}`",
        RegexParseError.UnrecognizedEscape => $"invalid escape sequence: `{pattern}`",
        _ => $"invalid or unsupported Perl syntax: `{pattern}`",
    };

    private static string Translate(string pattern)
    {
        var text = new StringBuilder(pattern.Length + 8);
        var isInClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                i = Escape(pattern, i + 1, isInClass, text);
            }
            else if (isInClass)
            {
                if (c == '[' && PosixClass(pattern, i) is { } end)
                {
                    text.Append(Posix.GetValueOrDefault(pattern[(i + 2)..end]) ?? throw new FormatException($"error parsing regexp: invalid character class range: `{pattern[i..(end + 2)]}`"));
                    i = end + 1;
                    continue;
                }

                isInClass = c != ']';
                // .NET reads "[a-z-[b]]" as a subtraction.
                text.Append(c == '[' ? "\\[" : c.ToString());
            }
            else if (c == '[')
            {
                isInClass = true;
                text.Append(c);
                if (i + 1 < pattern.Length && pattern[i + 1] == '^')
                    text.Append(pattern[++i]);
                if (i + 1 < pattern.Length && pattern[i + 1] == ']')
                    text.Append('\\').Append(pattern[++i]);
            }
            else if (c == '$')
            {
                // In .NET a final line break may follow; in Go nothing may.
                text.Append(pattern.Contains("(?m", StringComparison.Ordinal) ? "$" : "\\z");
            }
            else if (c == '(' && pattern.AsSpan(i).StartsWith("(?P<", StringComparison.Ordinal))
            {
                text.Append("(?<");
                i += 3;
            }
            else
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }

    /// <summary>Go's classes are of ASCII, .NET's of Unicode.</summary>
    private static int Escape(string pattern, int at, bool isInClass, StringBuilder text)
    {
        var (open, close) = isInClass ? ("", "") : ("[", "]");
        switch (pattern[at])
        {
            case 'd':
                text.Append(open).Append("0-9").Append(close);
                break;
            case 'w':
                text.Append(open).Append("0-9A-Za-z_").Append(close);
                break;
            case 's':
                text.Append(open).Append("\\t\\n\\f\\r ").Append(close);
                break;
            case 'D' when !isInClass:
                text.Append("[^0-9]");
                break;
            case 'W' when !isInClass:
                text.Append("[^0-9A-Za-z_]");
                break;
            case 'S' when !isInClass:
                text.Append("[^\\t\\n\\f\\r ]");
                break;
            case 'Q':
                var end = pattern.IndexOf("\\E", at, StringComparison.Ordinal);
                text.Append(Regex.Escape(pattern[(at + 1)..(end < 0 ? pattern.Length : end)]));
                return end < 0 ? pattern.Length - 1 : end + 1;
            case 'x' when at + 1 < pattern.Length && pattern[at + 1] == '{' && pattern.IndexOf('}', at) is > 0 and var brace:
                var point = Convert.ToInt32(pattern[(at + 2)..brace], 16);
                text.Append(Regex.Escape(char.ConvertFromUtf32(point)));
                return brace;
            case 'p' or 'P' when at + 1 < pattern.Length && pattern[at + 1] != '{':
                text.Append('\\').Append(pattern[at]).Append('{').Append(pattern[at + 1]).Append('}');
                return at + 1;
            case >= '1' and <= '9':
                throw new FormatException($"error parsing regexp: invalid escape sequence: `\\{pattern[at]}`");
            default:
                text.Append('\\').Append(pattern[at]);
                break;
        }

        return at;
    }

    private static int? PosixClass(string pattern, int at) =>
        at + 1 < pattern.Length && pattern[at + 1] == ':' && pattern.IndexOf(":]", at + 2, StringComparison.Ordinal) is > 0 and var end ? end : null;
}
