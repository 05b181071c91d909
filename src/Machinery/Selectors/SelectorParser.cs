namespace KubeSharp.Machinery;

/// <summary>Parses label selectors of query strings: <c>app=web,tier!=db,env in (a, b),!legacy,n&gt;3</c>.</summary>
public static class SelectorParser
{
    /// <exception cref="FormatException">Not a label selector; the message is fit for the client.</exception>
    public static Selector Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return Selector.Everything;

        var tokens = new Tokens(text);
        var requirements = new List<Requirement>();
        do
            requirements.Add(ParseOne(tokens));
        while (tokens.TryTake(","));

        return tokens.Peek.Length == 0 ? new(requirements) : throw Unexpected(tokens, "',' or 'end of string'");
    }

    private static Requirement ParseOne(Tokens tokens)
    {
        var isAbsent = tokens.TryTake("!");
        var key = tokens.TakeWord("identifier");
        if (NameRules.QualifiedName(key).FirstOrDefault() is { } problem)
            throw new FormatException($"unable to parse requirement: <nil>: Invalid value: \"{key}\": {problem}");

        if (isAbsent)
            return new(key, SelectorOperator.DoesNotExist, []);

        var word = tokens.Peek;
        if (word is "" or ",")
            return new(key, SelectorOperator.Exists, []);

        tokens.Take();
        return word switch
        {
            "=" or "==" => new(key, SelectorOperator.In, [Value(tokens, key)]),
            "!=" => new(key, SelectorOperator.NotIn, [Value(tokens, key)]),
            ">" => new(key, SelectorOperator.GreaterThan, [Number(tokens)]),
            "<" => new(key, SelectorOperator.LessThan, [Number(tokens)]),
            "in" => new(key, SelectorOperator.In, Values(tokens, key)),
            "notin" => new(key, SelectorOperator.NotIn, Values(tokens, key)),
            _ => throw new FormatException($"unable to parse requirement: found '{word}', expected: in, notin, =, ==, !=, gt, lt"),
        };
    }

    private static string Value(Tokens tokens, string key)
    {
        if (tokens.Peek is "" or ",")
            return "";

        return Checked(tokens.TakeWord("identifier"), key);
    }

    private static string Number(Tokens tokens)
    {
        var value = tokens.TakeWord("integer");
        return long.TryParse(value, out _)
            ? value
            : throw new FormatException($"unable to parse requirement: values[0]: Invalid value: \"{value}\": for 'Gt', 'Lt' operators, the value must be an integer");
    }

    private static List<string> Values(Tokens tokens, string key)
    {
        if (!tokens.TryTake("("))
            throw Unexpected(tokens, "'('");

        var values = new List<string>();
        while (true)
        {
            values.Add(tokens.Peek is "," or ")" ? "" : Checked(tokens.TakeWord("identifier"), key));
            if (tokens.TryTake(")"))
                return values;
            if (!tokens.TryTake(","))
                throw Unexpected(tokens, "',', or ')'");
        }
    }

    private static string Checked(string value, string key) => NameRules.LabelValue(value).FirstOrDefault() is { } problem
        ? throw new FormatException($"unable to parse requirement: values[0][{key}]: Invalid value: \"{value}\": {problem}")
        : value;

    private static FormatException Unexpected(Tokens tokens, string expected) =>
        new($"unable to parse requirement: found '{tokens.Peek}', expected: {expected}");

    /// <summary>Words and the symbols between them.</summary>
    private sealed class Tokens(string text)
    {
        private int _at;
        private string? _peeked;

        /// <summary>The next token, not taken; empty at the end.</summary>
        public string Peek => _peeked ??= Scan();

        public string Take()
        {
            var token = Peek;
            _peeked = null;
            return token;
        }

        public bool TryTake(string token)
        {
            if (Peek != token)
                return false;

            Take();
            return true;
        }

        public string TakeWord(string expected) => Peek.Length > 0 && !IsSymbol(Peek[0])
            ? Take()
            : throw new FormatException($"unable to parse requirement: found '{Peek}', expected: {expected}");

        private string Scan()
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at]))
                _at++;
            if (_at == text.Length)
                return "";

            var start = _at;
            if (!IsSymbol(text[_at]))
            {
                while (_at < text.Length && !IsSymbol(text[_at]) && !char.IsWhiteSpace(text[_at]))
                    _at++;
                return text[start.._at];
            }

            _at++;
            if (_at < text.Length && text[_at] == '=' && (text[start] is '=' or '!'))
                _at++;
            return text[start.._at];
        }

        private static bool IsSymbol(char c) => c is '=' or '!' or '(' or ')' or ',' or '<' or '>';
    }
}
