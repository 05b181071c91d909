using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace KubeSharp.Machinery.Cel;

/// <summary>
/// A pattern in RE2's syntax, run by .NET's engine that matches in linear time. The syntax is translated where the two differ:
/// classes are ASCII, <c>$</c> is the very end, a dot is a code point; what RE2 refuses is refused.
/// </summary>
internal sealed class Re2Pattern
{
    private const int MaxRepeat = 1000;
    private const int MaxDepth = 200;

    /// <summary>Nodes a pattern may expand to by its repetitions.</summary>
    private const long MaxSize = 20_000;
    private readonly string _source;
    private readonly StringBuilder _out = new();
    private int _at;

    private Re2Pattern(string source) => _source = source;

    /// <returns><see langword="null"/> and the problem, in the words of Go's regexp, if it is no pattern.</returns>
    public static Regex? Compile(string pattern, out string problem)
    {
        problem = "";
        var translation = new Re2Pattern(pattern);
        try
        {
            translation.Alternation(depth: 0, ignoresCase: false);
            if (translation._at < pattern.Length)
                throw new FormatException($"unexpected ): `{pattern}`");
            return new Regex(translation._out.ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (FormatException e)
        {
            problem = "error parsing regexp: " + e.Message;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            problem = "error parsing regexp: " + e.Message;
        }

        return null;
    }

    private char Peek(int ahead = 0) => _at + ahead < _source.Length ? _source[_at + ahead] : '\0';

    private bool Ended => _at >= _source.Length;

    /// <returns>How many nodes this part comes to once repetitions are written out.</returns>
    private long Alternation(int depth, bool ignoresCase)
    {
        if (depth > MaxDepth)
            throw new FormatException("expression nests too deeply: `" + _source + "`");
        long size = 1;
        while (!Ended && Peek() != ')')
        {
            if (Peek() == '|')
            {
                _out.Append('|');
                _at++;
                continue;
            }

            size += Piece(depth);
            if (size > MaxSize)
                throw new FormatException("expression too large");
        }

        return size;
    }

    private long Piece(int depth)
    {
        var start = _at;
        if (Peek() is '*' or '+' or '?')
            throw new FormatException($"missing argument to repetition operator: `{Peek()}`");
        var outStart = _out.Length;
        var size = Atom(depth);
        if (!TakeRepeat(out var repeat, out var factor))
            return size;

        // Assertions cannot be repeated in .NET's syntax without a group.
        var atom = _out.ToString(outStart, _out.Length - outStart);
        _out.Length = outStart;
        _out.Append("(?:").Append(atom).Append(')').Append(repeat);
        if (Peek() is '*' or '+' || (Peek() == '?' && !repeat.EndsWith('?')))
            throw new FormatException($"invalid nested repetition operator: `{_source[(_at - 1)..(_at + 1)]}`");
        if (size * factor > MaxSize)
            throw new FormatException($"invalid repeat count: `{_source[start.._at]}`");
        return size * factor;
    }

    private bool TakeRepeat(out string repeat, out long factor)
    {
        (repeat, factor) = ("", 1);
        switch (Peek())
        {
            case '*' or '+' or '?' when !Ended:
                repeat = _source[_at++].ToString();
                break;
            case '{' when RepeatCounts() is { } counts:
                if (counts.Min > MaxRepeat || counts.Max > MaxRepeat || (counts.Max >= 0 && counts.Max < counts.Min))
                    throw new FormatException($"invalid repeat count: `{_source[_at..(_at + counts.Length)]}`");
                repeat = _source[_at..(_at + counts.Length)];
                factor = Math.Max(1, Math.Max(counts.Min, counts.Max));
                _at += counts.Length;
                break;
            default:
                return false;
        }

        if (Peek() == '?')
        {
            repeat += '?';
            _at++;
        }

        return true;
    }

    /// <summary><c>{2}</c>, <c>{2,}</c>, <c>{2,5}</c>; any other brace is itself.</summary>
    private (int Min, int Max, int Length)? RepeatCounts()
    {
        var end = _source.IndexOf('}', _at);
        if (end < 0 || end - _at > 12)
            return null;
        var parts = _source[(_at + 1)..end].Split(',');
        if (parts.Length > 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var min))
            return null;
        var max = parts.Length == 1 ? min : -1;
        if (parts.Length == 2 && parts[1].Length > 0 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out max))
            return null;
        return (min, max, end - _at + 1);
    }

    private long Atom(int depth)
    {
        var c = Peek();
        switch (c)
        {
            case '(':
                return Group(depth);
            case '[':
                return Class();
            case '\\':
                return Escape();
            case '.':
                _at++;
                _out.Append(@"(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|").Append('.').Append(')');
                return 2;
            case '^':
                _at++;
                _out.Append('^');
                return 1;
            case '$':
                _at++;
                _out.Append(_multiline ? "$" : @"\z");
                return 1;
            default:
                _at++;
                if (char.IsHighSurrogate(c) && char.IsLowSurrogate(Peek()))
                    _out.Append("(?:").Append(c).Append(_source[_at++]).Append(')');
                else
                    _out.Append(c is '#' or ' ' or '{' or '}' or ']' ? "\\" + c : c.ToString());
                return 1;
        }
    }

    private bool _multiline;

    private long Group(int depth)
    {
        var start = _at++;
        var multiline = _multiline;
        if (Peek() == '?')
        {
            var end = _at + 1;
            if (Peek(1) == 'P' && Peek(2) == '<' || Peek(1) == '<' && (char.IsAsciiLetter(Peek(2)) || Peek(2) == '_'))
            {
                var close = _source.IndexOf('>', _at);
                var name = close < 0 ? "" : _source[(_source.IndexOf('<', _at) + 1)..close];
                if (name.Length == 0 || !name.All(n => char.IsAsciiLetterOrDigit(n) || n == '_'))
                    throw new FormatException($"invalid named capture: `{_source[start..]}`");
                _out.Append('(');
                _at = close + 1;
            }
            else
            {
                while (end < _source.Length && _source[end] is 'i' or 'm' or 's' or 'U' or '-')
                    end++;
                if (end >= _source.Length || _source[end] is not (':' or ')') || (end == _at + 1 && _source[end] == ')'))
                    throw new FormatException($"invalid or unsupported Perl syntax: `{_source[start..Math.Min(start + 3, _source.Length)]}`");
                var flags = _source[(_at + 1)..end];
                if (flags.Contains('U'))
                    throw new FormatException($"invalid or unsupported Perl syntax: `{_source[start..Math.Min(start + 3, _source.Length)]}`");
                var minus = flags.IndexOf('-', StringComparison.Ordinal);
                if (flags.Contains('m'))
                    _multiline = minus < 0 || flags.IndexOf('m', StringComparison.Ordinal) < minus;
                _out.Append("(?").Append(flags).Append(_source[end]);
                _at = end + 1;
                if (_source[end] == ')')
                    return 1; // holds until the enclosing group ends
            }
        }
        else
            _out.Append('(');

        var size = Alternation(depth + 1, ignoresCase: false);
        if (Ended)
            throw new FormatException($"missing closing ): `{_source}`");
        _at++;
        _out.Append(')');
        _multiline = multiline;
        return size + 1;
    }

    private long Escape()
    {
        if (_at + 1 >= _source.Length)
            throw new FormatException("trailing backslash at end of expression: ``");
        var c = Peek(1);
        switch (c)
        {
            case 'Q':
                var end = _source.IndexOf("\\E", _at + 2, StringComparison.Ordinal);
                var literal = end < 0 ? _source[(_at + 2)..] : _source[(_at + 2)..end];
                _out.Append("(?:").Append(Regex.Escape(literal)).Append(')');
                _at = end < 0 ? _source.Length : end + 2;
                return literal.Length + 1;
            case 'A' or 'z' or 'b' or 'B':
                _out.Append('\\').Append(c);
                _at += 2;
                return 1;
            case 'C':
                throw new FormatException("invalid escape sequence: `\\C`");
        }

        var isClass = ClassEscape(out var text);
        _out.Append(isClass ? text.StartsWith('\\') ? text : $"[{text}]" : text);
        return 1;
    }

    /// <summary>Takes an escape that may stand inside of brackets and out of them.</summary>
    /// <returns>Whether it is a set of characters, to be put between brackets, rather than one.</returns>
    private bool ClassEscape(out string text)
    {
        var c = Peek(1);
        var start = _at;
        _at += 2;
        switch (c)
        {
            case 'd' or 'w' or 's':
                text = c == 'd' ? "0-9" : c == 'w' ? "0-9A-Za-z_" : @"\t\n\f\r ";
                return true;
            case 'D' or 'W' or 'S':
                text = c == 'D' ? @"\u0000-/:-\uFFFF" : c == 'W' ? @"\u0000-/:-@\[-\^`{-\uFFFF" : @"\u0000-\u0008\u000B\u000E-\u001F!-\uFFFF";
                return true;
            case 'p' or 'P':
                text = UnicodeClass(c);
                return true;
            case 'a':
                text = @"\a";
                return false;
            case 'f' or 'n' or 'r' or 't' or 'v':
                text = "\\" + c;
                return false;
            case 'x':
                text = Hex(start);
                return false;
            case >= '0' and <= '7':
                if (c != '0' && Peek() is not (>= '0' and <= '7'))
                    throw new FormatException($"invalid escape sequence: `\\{c}`");
                var value = c - '0';
                for (var i = 0; i < 2 && Peek() is >= '0' and <= '7'; i++)
                    value = value * 8 + (_source[_at++] - '0');
                text = Unit(value);
                return false;
            default:
                if (char.IsAsciiLetterOrDigit(c) || c > 127)
                    throw new FormatException($"invalid escape sequence: `\\{c}`");
                text = c == '_' ? "_" : "\\" + c;
                return false;
        }
    }

    private string UnicodeClass(char letter)
    {
        var name = Peek().ToString();
        if (Peek() == '{')
        {
            var end = _source.IndexOf('}', _at);
            name = end < 0 ? "" : _source[(_at + 1)..end];
            _at = end < 0 ? _source.Length : end;
        }

        _at++;
        var negates = letter == 'P';
        if (name.StartsWith('^'))
            (name, negates) = (name[1..], !negates);
        var known = name switch
        {
            "Greek" => "IsGreek",
            "Cyrillic" => "IsCyrillic",
            "Hebrew" => "IsHebrew",
            "Arabic" => "IsArabic",
            "Hiragana" => "IsHiragana",
            "Katakana" => "IsKatakana",
            "Han" => "IsCJKUnifiedIdeographs",
            "Latin" => "Latin",
            _ when name.Length is 1 or 2 && char.IsAsciiLetterUpper(name[0]) => name,
            _ => throw new FormatException($"invalid character class range: `\\{letter}{{{name}}}`"),
        };
        if (known != "Latin")
            return $"\\{(negates ? 'P' : 'p')}{{{known}}}";
        return negates ? @"\u0000-@\[-`{-\u00A9\u00AB-\u00B9\u00BB-\u00BF\u00D7\u00F7\u0250-\uFFFF" : @"A-Za-z\u00AA\u00BA\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u024F";
    }

    private string Hex(int start)
    {
        string digits;
        if (Peek() == '{')
        {
            var end = _source.IndexOf('}', _at);
            digits = end < 0 ? "" : _source[(_at + 1)..end];
            _at = end < 0 ? _source.Length : end + 1;
        }
        else
        {
            digits = _at + 2 <= _source.Length ? _source.Substring(_at, 2) : "";
            _at = Math.Min(_at + 2, _source.Length);
        }

        if (digits.Length > 8 || !int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) || !Rune.IsValid(value))
            throw new FormatException($"invalid escape sequence: `{_source[start.._at]}`");
        return value > char.MaxValue ? $"(?:{Regex.Escape(new Rune(value).ToString())})" : Unit(value);
    }

    private static string Unit(int value) => $"\\u{value:X4}";

    private long Class()
    {
        var start = _at++;
        var text = new StringBuilder("[");
        if (Peek() == '^')
        {
            text.Append('^');
            _at++;
        }

        var isFirst = true;
        while (true)
        {
            if (Ended)
                throw new FormatException($"missing closing ]: `{_source[start..]}`");
            if (Peek() == ']' && !isFirst)
                break;
            isFirst = false;
            if (Peek() == '[' && Peek(1) == ':' && NamedClass(text))
                continue;

            var itemStart = _at;
            var isSet = ClassItem(out var low);
            text.Append(low);
            if (isSet || Peek() != '-' || Peek(1) == ']' || _at + 1 >= _source.Length)
                continue;
            _at++;
            if (ClassItem(out var high) || !IsOrdered(low, high))
                throw new FormatException($"invalid character class range: `{_source[itemStart.._at]}`");
            text.Append('-').Append(high);
        }

        _at++;
        _out.Append(text).Append(']');
        return 1;
    }

    private bool ClassItem(out string text)
    {
        if (Ended)
            throw new FormatException($"missing closing ]: `{_source}`");
        if (Peek() == '\\')
        {
            if (_at + 1 >= _source.Length)
                throw new FormatException("trailing backslash at end of expression: ``");
            return ClassEscape(out text);
        }

        var c = _source[_at++];
        text = c is '[' or ']' or '-' or '^' or '\\' ? "\\" + c : c.ToString();
        return false;
    }

    private bool NamedClass(StringBuilder text)
    {
        var end = _source.IndexOf(":]", _at + 2, StringComparison.Ordinal);
        if (end < 0)
            return false;
        var name = _source[(_at + 2)..end];
        text.Append(name switch
        {
            "alnum" => "0-9A-Za-z",
            "alpha" => "A-Za-z",
            "ascii" => @"\u0000-\u007F",
            "blank" => @"\t ",
            "cntrl" => @"\u0000-\u001F\u007F",
            "digit" => "0-9",
            "graph" => "!-~",
            "lower" => "a-z",
            "print" => " -~",
            "punct" => @"!-/:-@\[-`{-~",
            "space" => @"\t\n\v\f\r ",
            "upper" => "A-Z",
            "word" => "0-9A-Za-z_",
            "xdigit" => "0-9A-Fa-f",
            _ => throw new FormatException($"invalid character class range: `[:{name}:]`"),
        });
        _at = end + 2;
        return true;
    }

    private static bool IsOrdered(string low, string high) => CodeOf(low) <= CodeOf(high);

    private static int CodeOf(string item) => item switch
    {
        ['\\', 'u', .. var hex] => int.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
        ['\\', 'n'] => '\n',
        ['\\', 't'] => '\t',
        ['\\', 'r'] => '\r',
        ['\\', 'f'] => '\f',
        ['\\', 'v'] => '\v',
        ['\\', 'a'] => '\a',
        ['\\', var c] => c,
        _ => item[0],
    };
}
