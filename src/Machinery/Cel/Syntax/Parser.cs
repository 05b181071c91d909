using System.Runtime.CompilerServices;

namespace KubeSharp.Machinery.Cel;

/// <summary>
/// Recursive descent over the grammar of the language. Depth and size are bounded, so no text can exhaust the stack.
/// The parser goes on behind one superfluous token; at any other error of syntax it stops.
/// </summary>
internal sealed partial class Parser
{
    private const string Starters = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";
    private static readonly (string Symbol, string Function)[] Connectives = [("||", "_||_"), ("&&", "_&&_")];

    private readonly CelIssues _issues;
    private readonly MacroTable _macros;
    private readonly List<Token> _tokens;
    private readonly int[] _depths = new int[3];
    private int _next;
    private int _nodes;

    private Parser(string source, MacroTable macros, CelIssues issues)
    {
        (_macros, _issues) = (macros, issues);
        _tokens = new Lexer(source, issues).ReadAll();
    }

    private enum Rule
    {
        Expression,
        Binary,
        Member,
    }

    /// <returns><see langword="null"/> if there are issues.</returns>
    public static Expr? Parse(string source, MacroTable macros, CelIssues issues)
    {
        var size = CelText.Length(source);
        if (size > CelLimits.MaxExpression)
        {
            issues.AddWhole($"expression code point size exceeds limit: size: {size}, limit {CelLimits.MaxExpression}");
            return null;
        }

        try
        {
            var parser = new Parser(source, macros, issues);
            var expr = parser.Expression();
            parser.ExpectEnd();
            return issues.Any ? null : expr;
        }
        catch (SyntaxStop)
        {
            return null;
        }
    }

    private Token Current => _tokens[_next];

    private Token Ahead => _tokens[Math.Min(_next + 1, _tokens.Count - 1)];

    private Expr Expression()
    {
        Enter(Rule.Expression);
        var condition = Logic(0);
        if (Current.Is("?"))
        {
            var at = Take().Start;
            var yes = Logic(0);
            Expect(":");
            condition = Call(at, "_?_:_", condition, yes, Expression());
        }

        Leave(Rule.Expression);
        return condition;
    }

    private Expr Logic(int level)
    {
        var (symbol, function) = Connectives[level];
        var first = level == 0 ? Logic(1) : Binary(0);
        if (!Current.Is(symbol))
            return first;

        List<Expr> terms = [first];
        List<int> places = [];
        while (Current.Is(symbol))
        {
            places.Add(Take().Start);
            terms.Add(level == 0 ? Logic(1) : Binary(0));
        }

        return Balanced(function, terms, places, 0, places.Count - 1);
    }

    /// <summary>A chain of one logical operator becomes a balanced tree: it may be long, but not deep.</summary>
    private CallExpr Balanced(string function, List<Expr> terms, List<int> places, int low, int high)
    {
        var middle = (low + high + 1) / 2;
        var left = middle == low ? terms[middle] : Balanced(function, terms, places, low, middle - 1);
        var right = middle == high ? terms[middle + 1] : Balanced(function, terms, places, middle + 1, high);
        return Call(places[middle], function, left, right);
    }

    /// <summary>Operators that bind at least as tightly as <paramref name="min"/> says.</summary>
    private Expr Binary(int min)
    {
        var entered = 1;
        Enter(Rule.Binary);
        var left = Unary();
        while (Precedence(Current) is var level && level >= min)
        {
            Enter(Rule.Binary); // the tree leans to the left: each operator is one level deeper
            entered++;
            var op = Take();
            left = Call(op.Start, op.Text == "in" ? "@in" : $"_{op.Text}_", left, Binary(level + 1));
        }

        Leave(Rule.Binary, entered);
        return left;
    }

    /// <returns>-1 if the token is no binary operator.</returns>
    private static int Precedence(Token token) => token.Kind != TokenKind.Symbol ? -1 : token.Text switch
    {
        "<" or "<=" or ">=" or ">" or "==" or "!=" or "in" => 0,
        "+" or "-" => 1,
        "*" or "/" or "%" => 2,
        _ => -1,
    };

    private Expr Unary()
    {
        var op = Current;
        if (op.Is("!") || op.Is("-"))
        {
            var count = 0;
            while (Current.Is(op.Text) && !(op.Is("-") && count == 0 && Ahead.Kind is TokenKind.Int or TokenKind.Double))
            {
                Take();
                count++;
            }

            if (count > 0)
            {
                var operand = Member();
                return count % 2 == 0 ? operand : Call(op.Start, op.Is("!") ? "!_" : "-_", operand);
            }
        }

        return Member();
    }

    private Expr Member()
    {
        var entered = 1;
        Enter(Rule.Member);
        var expr = Primary();
        while (true)
        {
            if (Current.Is("."))
                expr = Select(expr);
            else if (Current.Is("["))
                expr = Index(expr);
            else
                break;
            Enter(Rule.Member);
            entered++;
        }

        Leave(Rule.Member, entered);
        return expr;
    }

    private Expr Select(Expr operand)
    {
        var dot = Take();
        var isOptional = Current.Is("?");
        if (isOptional)
            Take();
        if (Current.Kind is not (TokenKind.Name or TokenKind.EscapedName))
        {
            if (Current.Kind == TokenKind.Symbol && Current.Text is "true" or "false" or "null" or "in")
                Stop(Current, $"mismatched input '{Current.Text}' expecting IDENTIFIER");
            Stop(Current, $"no viable alternative at input '.{(isOptional ? "?" : "")}{(Current.Kind == TokenKind.End ? "" : Current.Text)}'");
        }

        var name = Take();
        var field = FieldName(name);
        if (isOptional)
            return Call(dot.Start, "_?._", operand, Literal(name.Start, CelValue.Of(field)));
        if (name.Kind == TokenKind.Name && Current.Is("("))
        {
            var open = Take().Start;
            return MacroOr(open, field, operand, Arguments());
        }

        return Count(new SelectExpr(dot.Start, operand, field, isTest: false));
    }

    private CallExpr Index(Expr operand)
    {
        var open = Take().Start;
        var isOptional = Current.Is("?");
        if (isOptional)
            Take();
        var index = Expression();
        Expect("]");
        return Call(open, isOptional ? "_[?_]" : "_[_]", operand, index);
    }

    private LiteralExpr Literal(int at, CelValue value) => Count(new LiteralExpr(at, value));

    private CallExpr Call(int at, string function, params Expr[] args) => Count(new CallExpr(at, function, null, args));

    private T Count<T>(T expr)
        where T : Expr
    {
        Count(1);
        return expr;
    }

    private void Count(int nodes)
    {
        _nodes += nodes;
        if (_nodes <= CelLimits.MaxNodes)
            return;
        _issues.AddWhole($"expression expands to more than {CelLimits.MaxNodes} nodes");
        throw new SyntaxStop();
    }

    private void Enter(Rule rule)
    {
        if (++_depths[(int)rule] <= CelLimits.MaxDepth && RuntimeHelpers.TryEnsureSufficientExecutionStack())
            return;
        _issues.AddWhole($"expression recursion limit exceeded: {CelLimits.MaxDepth}");
        throw new SyntaxStop();
    }

    private void Leave(Rule rule, int levels = 1) => _depths[(int)rule] -= levels;

    private Token Take() => _tokens[_next < _tokens.Count - 1 ? _next++ : _next];

    private Token Expect(string symbol)
    {
        if (!Current.Is(symbol) && Ahead.Is(symbol) && Current.Kind != TokenKind.End)
        {
            Report(Current, $"extraneous input '{Current.Text}' expecting '{symbol}'");
            Take();
        }

        if (!Current.Is(symbol))
            Stop(Current, $"mismatched input '{Current.Text}' expecting '{symbol}'");
        return Take();
    }

    private void ExpectEnd()
    {
        if (Current.Kind != TokenKind.End)
            Stop(Current, $"{(Ahead.Kind == TokenKind.End ? "extraneous" : "mismatched")} input '{Current.Text}' expecting <EOF>");
    }

    private static bool Starts(Token token) =>
        token.Kind is not (TokenKind.End or TokenKind.Symbol or TokenKind.EscapedName)
        || (token.Kind == TokenKind.Symbol && token.Text is "[" or "{" or "(" or "." or "-" or "!" or "true" or "false" or "null");

    private void Report(Token token, string message) => _issues.Add(token.Start, "Syntax error: " + message);

    private void Stop(Token token, string message)
    {
        Report(token, message);
        throw new SyntaxStop();
    }

    private sealed class SyntaxStop : Exception;
}
