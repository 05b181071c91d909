namespace KubeSharp.Machinery.Cel;

/// <summary>What an expression is made of: names, literals, calls.</summary>
internal sealed partial class Parser
{
    private Expr Primary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                return Name(leadingDot: false);
            case TokenKind.Int or TokenKind.Uint or TokenKind.Double or TokenKind.Text or TokenKind.Bytes:
                Take();
                return Constant(token, "");
        }

        switch (token.Text)
        {
            case "true" or "false":
                Take();
                return Literal(token.Start, CelValue.Of(token.Text == "true"));
            case "null":
                Take();
                return Literal(token.Start, default);
            case "-" when Ahead.Kind is TokenKind.Int or TokenKind.Double:
                Take();
                return Constant(Take(), "-");
            case "(":
                Take();
                var inner = Expression();
                Expect(")");
                return inner;
            case "[":
                return List();
            case "{":
                return Map();
            case "." when Ahead.Kind == TokenKind.Name:
                Take();
                return Name(leadingDot: true);
        }

        if (token.Kind != TokenKind.End && Starts(Ahead))
        {
            Report(token, $"extraneous input '{token.Text}' expecting {Starters}");
            Take();
            return Primary();
        }

        Stop(token, $"mismatched input '{token.Text}' expecting {Starters}");
        return null!; // Stop throws
    }

    private Expr Name(bool leadingDot)
    {
        var token = Take();
        if (StructName() is { } rest)
        {
            var name = string.Join('.', [token.Text, .. rest]);
            return Struct(leadingDot ? "." + name : name);
        }

        var full = leadingDot ? "." + token.Text : token.Text;
        var isReserved = CelNames.Reserved.Contains(token.Text);
        if (isReserved)
            _issues.Add(token.Start, $"reserved identifier: {token.Text}");
        if (Current.Is("("))
        {
            var open = Take().Start;
            return MacroOr(open, full, null, Arguments());
        }

        return isReserved ? Literal(token.Start, default) : Count(new IdentExpr(token.Start, full));
    }

    /// <summary>The rest of a qualified name if a brace follows it; then only the brace is left.</summary>
    private List<string>? StructName()
    {
        var at = _next;
        List<string> names = [];
        while (_tokens[at].Is(".") && _tokens[at + 1].Kind == TokenKind.Name)
        {
            names.Add(_tokens[at + 1].Text);
            at += 2;
        }

        if (!_tokens[at].Is("{"))
            return null;
        _next = at;
        return names;
    }

    private StructExpr Struct(string name)
    {
        var open = Take().Start;
        List<FieldInit> fields = [];
        while (!Current.Is("}"))
        {
            var isOptional = Current.Is("?");
            if (isOptional)
                Take();
            if (Current.Kind is not (TokenKind.Name or TokenKind.EscapedName))
                Stop(Current, $"{(Starts(Ahead) || Ahead.Kind == TokenKind.EscapedName ? "extraneous" : "mismatched")} input '{Current.Text}' expecting {{'}}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}}");
            var field = FieldName(Take());
            var colon = Expect(":");
            fields.Add(new(colon.Start, field, Expression(), isOptional));
            if (!Current.Is(","))
                break;
            Take();
        }

        Expect("}");
        return Count(new StructExpr(open, name, fields));
    }

    private ListExpr List()
    {
        var open = Take().Start;
        List<Element> elements = [];
        while (!Current.Is("]"))
        {
            var isOptional = Current.Is("?");
            if (isOptional)
                Take();
            elements.Add(new(Expression(), isOptional));
            if (!Current.Is(","))
                break;
            Take();
        }

        Expect("]");
        return Count(new ListExpr(open, elements));
    }

    private MapExpr Map()
    {
        var open = Take().Start;
        List<Entry> entries = [];
        while (!Current.Is("}"))
        {
            if (Current.Kind == TokenKind.End)
                Stop(Current, "mismatched input '<EOF>' expecting {'[', '{', '}', '(', '.', ',', '-', '!', '?', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}");
            var isOptional = Current.Is("?");
            if (isOptional)
                Take();
            var key = Expression();
            var colon = Expect(":");
            entries.Add(new(colon.Start, key, Expression(), isOptional));
            if (!Current.Is(","))
                break;
            Take();
        }

        Expect("}");
        return Count(new MapExpr(open, entries));
    }

    private List<Expr> Arguments()
    {
        List<Expr> args = [];
        if (!Current.Is(")"))
        {
            args.Add(Expression());
            while (Current.Is(","))
            {
                Take();
                args.Add(Expression());
            }
        }

        Expect(")");
        return args;
    }

    private Expr MacroOr(int at, string function, Expr? target, List<Expr> args)
    {
        if (_macros.Find(function, args.Count, target is not null) is { } macro)
        {
            var expansion = new MacroExpansion(at, (place, message) => _issues.Add(place, message), n => Count(n));
            if (macro(expansion, target, args) is { } expanded)
                return expanded;
        }

        return Count(new CallExpr(at, function, target, args));
    }

    private LiteralExpr Constant(Token token, string sign)
    {
        var at = sign.Length > 0 ? _tokens[_next - 2].Start : token.Start;
        if (Literals.Read(token, sign, out var problem) is { } value)
            return Literal(at, value);
        _issues.Add(at, problem);
        return Literal(at, default);
    }

    private static string FieldName(Token token) => token.Kind == TokenKind.EscapedName ? token.Text[1..^1] : token.Text;
}
