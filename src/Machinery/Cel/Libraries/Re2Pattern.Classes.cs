using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace KubeSharp.Machinery.Cel;

/// <summary>Escapes and classes of characters.</summary>
internal sealed partial class Re2Pattern
{
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
}
