using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace KubeSharp.Machinery.Cel;

/// <summary>
/// A pattern in RE2's syntax, run by .NET's engine that matches in linear time. The syntax is translated where the two differ:
/// classes are ASCII, <c>$</c> is the very end, a dot is a code point; what RE2 refuses is refused.
/// </summary>
internal sealed partial class Re2Pattern
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
            translation.Alternation(depth: 0);
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
    private long Alternation(int depth)
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
                _out.Append(@"(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|.)");
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

        var size = Alternation(depth + 1);
        if (Ended)
            throw new FormatException($"missing closing ): `{_source}`");
        _at++;
        _out.Append(')');
        _multiline = multiline;
        return size + 1;
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
