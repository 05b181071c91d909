namespace KubeSharp.Machinery.Cel;

/// <summary>Finds the type of every node and the overloads of every call, or says what is wrong.</summary>
internal sealed partial class Checker
{
    private readonly Declarations _declarations;
    private readonly CelIssues _issues;
    private readonly TypeUnifier _types = new();
    private readonly List<CelSymbol> _locals = [];
    private readonly List<Expr> _nodes = [];

    private Checker(Declarations declarations, CelIssues issues) => (_declarations, _issues) = (declarations, issues);

    public static void Check(Expr root, Declarations declarations, CelIssues issues)
    {
        var checker = new Checker(declarations, issues);
        try
        {
            checker.Visit(root);
            foreach (var node in checker._nodes)
                node.Type = checker._types.Substitute(node.Type, toDyn: true);
        }
        catch (TypesTooComplexException)
        {
            issues.AddWhole("the types of the expression are too complex");
        }
    }

    private CelType Visit(Expr expr)
    {
        _nodes.Add(expr);
        var type = expr switch
        {
            LiteralExpr e => e.Value.TypeOf(),
            IdentExpr e => Ident(e),
            SelectExpr e => Select(e),
            CallExpr e => Call(e),
            ListExpr e => List(e),
            MapExpr e => Map(e),
            StructExpr e => Struct(e),
            FoldExpr e => Fold(e),
            _ => throw new InvalidOperationException($"unexpected node {expr}"),
        };
        return expr.Type = type.Size < CelType.MaxSize ? type : throw new TypesTooComplexException();
    }

    private CelType Ident(IdentExpr expr)
    {
        if (Resolve(expr.Name) is { } symbol)
        {
            expr.Symbol = symbol;
            return symbol.Type;
        }

        Undeclared(expr, expr.Name);
        return CelType.Error;
    }

    private CelSymbol? Resolve(string name)
    {
        if (name[0] == '.')
            return _declarations.FindSymbol(name[1..]);
        for (var i = _locals.Count - 1; i >= 0; i--)
        {
            if (_locals[i].Name == name)
                return _locals[i];
        }

        return _declarations.FindSymbol(name);
    }

    private CelType Select(SelectExpr expr)
    {
        if (!expr.IsTest && QualifiedName(expr) is { } name && !IsLocal(name) && _declarations.FindSymbol(name.TrimStart('.')) is { } symbol)
        {
            expr.Symbol = symbol;
            return symbol.Type;
        }

        var type = Field(expr, expr.Operand, expr.Field, isOptional: false);
        return expr.IsTest ? CelType.Bool : _types.Substitute(type, toDyn: false);
    }

    private bool IsLocal(string qualifiedName)
    {
        var root = qualifiedName.AsSpan(0, qualifiedName.IndexOf('.', 1));
        foreach (var local in _locals)
        {
            if (root.SequenceEqual(local.Name))
                return true;
        }

        return false;
    }

    /// <summary><c>a.b.c</c> as one name, if it is nothing but names.</summary>
    private static string? QualifiedName(Expr expr)
    {
        var names = new Stack<string>();
        while (expr is SelectExpr { IsTest: false } select)
        {
            names.Push(select.Field);
            expr = select.Operand;
        }

        if (expr is not IdentExpr ident)
            return null;
        names.Push(ident.Name);
        return string.Join('.', names);
    }

    private CelType Field(Expr expr, Expr operand, string field, bool isOptional)
    {
        Visit(operand);
        var target = _types.Substitute(operand.Type, toDyn: false);
        var wasOptional = target.IsOptional;
        if (wasOptional)
            target = target.Element;

        var result = CelType.Dyn;
        switch (target.Kind)
        {
            case CelKind.Map:
                result = target.Element;
                break;
            case CelKind.Object:
                if (target.FindField(field) is { } declared)
                    result = declared.Type;
                else
                {
                    _issues.Add(expr.At, $"undefined field '{field}'");
                    result = CelType.Error;
                }

                break;
            case CelKind.Parameter:
                _types.IsAssignable(CelType.Dyn, target);
                break;
            case CelKind.Dyn or CelKind.Error:
                break;
            default:
                _issues.Add(expr.At, $"type '{target}' does not support field selection");
                break;
        }

        return wasOptional || isOptional ? CelType.Optional(result) : result;
    }

    private CelType Call(CallExpr expr)
    {
        if (expr.Function == "_?._")
        {
            if (expr.Args is not [var operand, LiteralExpr { Value.Kind: CelKind.Text } field])
            {
                _issues.Add(expr.At, "unsupported optional field selection");
                return CelType.Error;
            }

            field.Type = CelType.Text;
            expr.Overloads = _declarations.FindFunction("_?._") ?? [];
            return _types.Substitute(Field(expr, operand, field.Value.AsText, isOptional: true), toDyn: false);
        }

        foreach (var arg in expr.Args)
            Visit(arg);
        if (expr.Target is not null)
        {
            if (QualifiedName(expr.Target) is { } prefix && _declarations.FindFunction($"{prefix.TrimStart('.')}.{expr.Function}") is { } qualified)
            {
                expr.Function = $"{prefix.TrimStart('.')}.{expr.Function}";
                expr.Target = null;
                return Overload(expr, qualified);
            }

            Visit(expr.Target);
        }

        var name = expr.Function.TrimStart('.');
        if (_declarations.FindFunction(name) is not { } overloads)
        {
            Undeclared(expr, expr.Function);
            return CelType.Error;
        }

        expr.Function = name;
        return Overload(expr, overloads);
    }

    private CelType Overload(CallExpr expr, IReadOnlyList<CelOverload> overloads)
    {
        var args = expr.AllArgs.Select(a => a.Type).ToList();
        if (expr.Function is "_&&_" or "_||_")
            return Logic(expr, overloads, args);

        CelType? result = null;
        List<CelOverload> fitting = [];
        foreach (var overload in overloads)
        {
            if (overload.IsMember != expr.Target is not null || overload.Args.Count != args.Count)
                continue;

            var variables = new Dictionary<string, CelType>(StringComparer.Ordinal);
            var declared = overload.IsGeneric ? [.. overload.Args.Select(a => TypeUnifier.Instantiate(a, variables, _types))] : overload.Args;
            if (!_types.AreAssignable(args, declared))
                continue;

            fitting.Add(overload);
            var given = _types.Substitute(overload.IsGeneric ? TypeUnifier.Instantiate(overload.Result, variables, _types) : overload.Result, toDyn: false);
            if (result is null)
                result = given;
            else if (!result.IsDyn && !given.Is(result))
                result = CelType.Dyn;
        }

        expr.Overloads = fitting;
        if (result is not null)
            return result;

        var signature = args.Select(a => _types.Substitute(a, toDyn: true).ToString()).ToList();
        var target = expr.Target is null ? "" : signature[0] + ".";
        var rest = string.Join(", ", expr.Target is null ? signature : signature.Skip(1));
        _issues.Add(expr.At, $"found no matching overload for '{expr.Function}' applied to '{target}({rest})'");
        return CelType.Error;
    }

    private CelType Logic(CallExpr expr, IReadOnlyList<CelOverload> overloads, List<CelType> args)
    {
        expr.Overloads = overloads;
        var result = CelType.Bool;
        for (var i = 0; i < args.Count; i++)
        {
            if (_types.IsAssignable(args[i], CelType.Bool))
                continue;
            Mismatch(expr.Args[i], CelType.Bool, args[i]);
            result = CelType.Error;
        }

        return result;
    }

    private void Mismatch(Expr expr, CelType expected, CelType found) =>
        _issues.Add(expr.At, $"expected type '{_types.Substitute(expected, toDyn: true)}' but found '{_types.Substitute(found, toDyn: true)}'");

    private void Undeclared(Expr expr, string name) => _issues.Add(expr.At, $"undeclared reference to '{name}' (in container '')");
}
