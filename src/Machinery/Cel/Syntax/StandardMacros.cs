namespace KubeSharp.Machinery.Cel;

/// <summary>The macros of the language, and those of its extensions.</summary>
internal static class StandardMacros
{
    public static void AddTo(MacroTable table)
    {
        table.Add("has", 1, hasTarget: false, Has);
        foreach (var second in new[] { false, true })
        {
            var args = second ? 3 : 2;
            table.Add("all", args, hasTarget: true, (m, target, a) => Quantifier(m, target!, a, second, All));
            table.Add("exists", args, hasTarget: true, (m, target, a) => Quantifier(m, target!, a, second, Exists));
            table.Add("exists_one", args, hasTarget: true, (m, target, a) => Quantifier(m, target!, a, second, ExistsOne));
            table.Add("existsOne", args, hasTarget: true, (m, target, a) => Quantifier(m, target!, a, second, ExistsOne));
        }

        table.Add("map", 2, hasTarget: true, (m, target, a) => Map(m, target!, a));
        table.Add("map", 3, hasTarget: true, (m, target, a) => Map(m, target!, a));
        table.Add("filter", 2, hasTarget: true, Filter);
        for (var args = 3; args <= 4; args++)
        {
            table.Add("transformList", args, hasTarget: true, (m, target, a) => Transform(m, target!, a, m.List(), v => m.Call("_+_", m.Accumulator, m.List(v))));
            table.Add("transformMap", args, hasTarget: true, (m, target, a) => Transform(m, target!, a, m.Map(), v => m.Call("cel.@mapInsert", m.Accumulator, m.Ident(((IdentExpr)a[0]).Name), v)));
            table.Add("transformMapEntry", args, hasTarget: true, (m, target, a) => Transform(m, target!, a, m.Map(), v => m.Call("cel.@mapInsert", m.Accumulator, v)));
        }

        table.Add("optMap", 2, hasTarget: true, (m, target, a) => OptionalMap(m, target!, a, "optMap", bound => m.MemberCall("of", m.Ident("optional"), bound)));
        table.Add("optFlatMap", 2, hasTarget: true, (m, target, a) => OptionalMap(m, target!, a, "optFlatMap", bound => bound));
        table.Add("sortBy", 2, hasTarget: true, SortBy);
    }

    /// <summary><c>cel.bind(name, value, result)</c>, which Kubernetes does not offer by default.</summary>
    public static Expr? Bind(MacroExpansion macro, Expr? target, IReadOnlyList<Expr> args)
    {
        if (target is not IdentExpr { Name: "cel" })
            return null;
        return args[0] is IdentExpr name
            ? macro.Bind(name.Name, args[1], args[2])
            : macro.Fail(args[0], "cel.bind() variable names must be simple identifiers");
    }

    private static Expr Has(MacroExpansion macro, Expr? target, IReadOnlyList<Expr> args) =>
        args[0] is SelectExpr { IsTest: false } select ? macro.Test(select) : macro.Fail(args[0], "invalid argument to has() macro");

    private static Expr Quantifier(
        MacroExpansion macro, Expr target, IReadOnlyList<Expr> args, bool hasSecond, Func<MacroExpansion, Expr, (string, string?), Expr, Expr> make)
    {
        if (Names(args, hasSecond ? 2 : 1, "argument must be a simple name", out var names) is { } problem)
            return macro.Fail(problem.Place, problem.Message);
        return make(macro, target, names, args[^1]);
    }

    private static Expr All(MacroExpansion m, Expr range, (string, string?) names, Expr predicate) => m.Fold(
        range, names, m.Literal(CelValue.True), m.Call("@not_strictly_false", m.Accumulator), m.Call("_&&_", m.Accumulator, predicate), m.Accumulator);

    private static Expr Exists(MacroExpansion m, Expr range, (string, string?) names, Expr predicate) => m.Fold(
        range,
        names,
        m.Literal(CelValue.False),
        m.Call("@not_strictly_false", m.Call("!_", m.Accumulator)),
        m.Call("_||_", m.Accumulator, predicate),
        m.Accumulator);

    private static Expr ExistsOne(MacroExpansion m, Expr range, (string, string?) names, Expr predicate) => m.Fold(
        range,
        names,
        m.Literal(CelValue.Of(0L)),
        m.Literal(CelValue.True),
        m.Call("_?_:_", predicate, m.Call("_+_", m.Accumulator, m.Literal(CelValue.Of(1L))), m.Accumulator),
        m.Call("_==_", m.Accumulator, m.Literal(CelValue.Of(1L))));

    private static Expr Map(MacroExpansion macro, Expr target, IReadOnlyList<Expr> args)
    {
        if (Names(args, 1, "argument is not an identifier", out var names) is { } problem)
            return macro.Fail(problem.Place, problem.Message);
        return Collect(macro, target, names, args.Count == 3 ? args[1] : null, args[^1]);
    }

    private static Expr Filter(MacroExpansion macro, Expr? target, IReadOnlyList<Expr> args)
    {
        if (Names(args, 1, "argument is not an identifier", out var names) is { } problem)
            return macro.Fail(problem.Place, problem.Message);
        return Collect(macro, target!, names, args[1], macro.Copy(args[0]));
    }

    private static Expr Collect(MacroExpansion m, Expr range, (string, string?) names, Expr? filter, Expr item)
    {
        var step = m.Call("_+_", m.Accumulator, m.List(item));
        if (filter is not null)
            step = m.Call("_?_:_", filter, step, m.Accumulator);
        return m.Fold(range, names, m.List(), m.Literal(CelValue.True), step, m.Accumulator);
    }

    private static Expr Transform(MacroExpansion m, Expr range, IReadOnlyList<Expr> args, Expr initial, Func<Expr, Expr> add)
    {
        if (Names(args, 2, "argument must be a simple name", out var names) is { } problem)
            return m.Fail(problem.Place, problem.Message);
        var step = add(args[^1]);
        if (args.Count == 4)
            step = m.Call("_?_:_", args[2], step, m.Accumulator);
        return m.Fold(range, names, initial, m.Literal(CelValue.True), step, m.Accumulator);
    }

    private static Expr OptionalMap(MacroExpansion m, Expr target, IReadOnlyList<Expr> args, string name, Func<Expr, Expr> wrap)
    {
        if (args[0] is not IdentExpr variable)
            return m.Fail(args[0], $"{name}() variable name must be a simple identifier");
        var bound = m.Bind(variable.Name, m.MemberCall("value", m.Copy(target)), args[1]);
        return m.Call("_?_:_", m.MemberCall("hasValue", target), wrap(bound), m.MemberCall("none", m.Ident("optional")));
    }

    private static Expr SortBy(MacroExpansion m, Expr? target, IReadOnlyList<Expr> args)
    {
        const string Input = "@__sortBy_input__";
        if (target is LiteralExpr or MapExpr or StructExpr)
            return m.Fail(target, "sortBy can only be applied to a list, identifier, comprehension, call or select expression");
        return m.Bind(Input, target!, m.MemberCall("@sortByAssociatedKeys", m.Ident(Input), Map(m, m.Ident(Input), args)));
    }

    private static (Expr Place, string Message)? Names(IReadOnlyList<Expr> args, int count, string complaint, out (string First, string? Second) names)
    {
        names = default;
        for (var i = 0; i < count; i++)
        {
            if (args[i] is not IdentExpr)
                return (args[i], complaint);
        }

        names = (((IdentExpr)args[0]).Name, count == 2 ? ((IdentExpr)args[1]).Name : null);
        if (names.First == names.Second)
            return (args[1], $"duplicate variable name: {names.First}");
        for (var i = 0; i < count; i++)
        {
            if (((IdentExpr)args[i]).Name is "__result__" or FoldExpr.Accumulator)
                return (args[i], "iteration variable overwrites accumulator variable");
        }

        return null;
    }
}
