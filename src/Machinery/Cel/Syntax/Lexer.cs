namespace KubeSharp.Machinery.Cel;

/// <summary>Cuts an expression into tokens. What it does not know it reports and skips, as upstream does.</summary>
internal sealed class Lexer(string source, CelIssues issues)
{
    private int _at;

    public List<Token> ReadAll()
    {
        var tokens = new List<Token>();
        while (true)
        {
            var token = Next();
            tokens.Add(token);
            if (token.Kind == TokenKind.End)
                return tokens;
        }
    }

    private char Peek(int ahead = 0) => _at + ahead < source.Length ? source[_at + ahead] : '\0';

    private Token Next()
    {
        while (true)
        {
            SkipBlanks();
            if (_at >= source.Length)
                return new(TokenKind.End, source.Length, 0, "<EOF>");

            var c = Peek();
            if (StringPrefix() is { } prefix)
            {
                if (Quoted(prefix) is { } quoted)
                    return quoted;
                continue;
            }

            if (char.IsAsciiLetter(c) || c == '_')
                return Word();
            if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(1))))
                return Number();
            if (c == '`' && Escaped() is { } escaped)
                return escaped;
            if (Symbol() is { } symbol)
                return symbol;
            Unknown();
        }
    }

    private void SkipBlanks()
    {
        while (_at < source.Length)
        {
            if (Peek() is ' ' or '\t' or '\n' or '\r' or '\f')
                _at++;
            else if (Peek() == '/' && Peek(1) == '/')
            {
                while (_at < source.Length && Peek() != '\n')
                    _at++;
            }
            else
                return;
        }
    }

    private Token Take(TokenKind kind, int start) => new(kind, start, _at - start, source[start.._at]);

    private Token Word()
    {
        var start = _at;
        while (char.IsAsciiLetterOrDigit(Peek()) || Peek() == '_')
            _at++;
        return Take(source.AsSpan(start, _at - start) is "in" or "true" or "false" or "null" ? TokenKind.Symbol : TokenKind.Name, start);
    }

    private Token? Escaped()
    {
        var end = _at + 1;
        while (end < source.Length && (char.IsAsciiLetterOrDigit(source[end]) || source[end] is '_' or '.' or '-' or '/' or ' '))
            end++;
        if (end >= source.Length || source[end] != '`' || end == _at + 1)
            return null;
        var start = _at;
        _at = end + 1;
        return Take(TokenKind.EscapedName, start);
    }

    private Token Number()
    {
        var start = _at;
        if (Peek() == '0' && Peek(1) == 'x' && char.IsAsciiHexDigit(Peek(2)))
        {
            _at += 2;
            while (char.IsAsciiHexDigit(Peek()))
                _at++;
            return Whole(start);
        }

        Digits();
        var isDouble = false;
        if (Peek() == '.' && char.IsAsciiDigit(Peek(1)))
        {
            isDouble = true;
            _at++;
            Digits();
        }

        if (Peek() is 'e' or 'E' && (char.IsAsciiDigit(Peek(1)) || (Peek(1) is '+' or '-' && char.IsAsciiDigit(Peek(2)))))
        {
            isDouble = true;
            _at += 2;
            Digits();
        }

        return isDouble ? Take(TokenKind.Double, start) : Whole(start);

        void Digits()
        {
            while (char.IsAsciiDigit(Peek()))
                _at++;
        }
    }

    private Token Whole(int start)
    {
        if (Peek() is not ('u' or 'U'))
            return Take(TokenKind.Int, start);
        _at++;
        return Take(TokenKind.Uint, start);
    }

    /// <summary>How many letters stand before a quote: <c>r</c>, <c>b</c>, <c>br</c>; <see langword="null"/> if no text begins here.</summary>
    private int? StringPrefix()
    {
        if (Peek() is '"' or '\'')
            return 0;
        if (Peek() is 'r' or 'R' or 'b' or 'B' && Peek(1) is '"' or '\'')
            return 1;
        return Peek() is 'b' or 'B' && Peek(1) is 'r' or 'R' && Peek(2) is '"' or '\'' ? 2 : null;
    }

    private Token? Quoted(int prefix)
    {
        var start = _at;
        var letters = source.AsSpan(start, prefix);
        var isRaw = letters.IndexOfAny('r', 'R') >= 0;
        var kind = letters.IndexOfAny('b', 'B') >= 0 ? TokenKind.Bytes : TokenKind.Text;
        _at += prefix;
        var quote = Peek();
        var isTriple = Peek(1) == quote && Peek(2) == quote;
        _at += isTriple ? 3 : 1;
        while (_at < source.Length)
        {
            if (Peek() == quote && (!isTriple || (Peek(1) == quote && Peek(2) == quote)))
            {
                _at += isTriple ? 3 : 1;
                return Take(kind, start);
            }

            if (!isTriple && Peek() is '\n' or '\r')
                break;
            if (Peek() == '\\' && !isRaw)
            {
                var escape = EscapeLength(source.AsSpan(_at));
                if (escape == 0)
                {
                    _at = Math.Min(_at + 2, source.Length);
                    break;
                }

                _at += escape;
            }
            else
                _at++;
        }

        Report(start, _at);
        return null;
    }

    /// <summary>The length of a valid escape sequence at the start of the text, or 0.</summary>
    internal static int EscapeLength(ReadOnlySpan<char> text)
    {
        if (text.Length < 2 || text[0] != '\\')
            return 0;
        return text[1] switch
        {
            'a' or 'b' or 'f' or 'n' or 'r' or 't' or 'v' or '\\' or '\'' or '"' or '`' or '?' => 2,
            'x' or 'X' => Hex(text, 2),
            'u' => Hex(text, 4),
            'U' => Hex(text, 8),
            >= '0' and <= '3' => text.Length > 3 && text[2] is >= '0' and <= '7' && text[3] is >= '0' and <= '7' ? 4 : 0,
            _ => 0,
        };

        static int Hex(ReadOnlySpan<char> text, int digits)
        {
            if (text.Length < 2 + digits)
                return 0;
            foreach (var c in text.Slice(2, digits))
            {
                if (!char.IsAsciiHexDigit(c))
                    return 0;
            }

            return 2 + digits;
        }
    }

    private Token? Symbol()
    {
        var start = _at;
        var two = _at + 1 < source.Length ? source.AsSpan(_at, 2) : default;
        if (two is "==" or "!=" or "<=" or ">=" or "&&" or "||")
            _at += 2;
        else if (Peek() is '<' or '>' or '+' or '-' or '*' or '/' or '%' or '!' or '?' or ':' or '.' or ',' or '(' or ')' or '[' or ']' or '{' or '}')
            _at++;
        else
            return null;
        return Take(TokenKind.Symbol, start);
    }

    /// <summary>One unknown character; after a lone <c>|</c> or <c>&amp;</c> upstream's lexer has swallowed the next one too.</summary>
    private void Unknown()
    {
        var start = _at;
        _at += Peek() is '|' or '&' or '=' && _at + 1 < source.Length ? 2 : char.IsHighSurrogate(Peek()) && char.IsLowSurrogate(Peek(1)) ? 2 : 1;
        Report(start, _at);
    }

    private void Report(int start, int end) =>
        issues.Add(start, $"Syntax error: token recognition error at: '{Visible(source[start..end])}'");

    private static string Visible(string text) =>
        text.Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal);
}
