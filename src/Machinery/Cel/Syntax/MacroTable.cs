namespace KubeSharp.Machinery.Cel;

/// <summary>Rewrites a call.</summary>
/// <returns><see langword="null"/> if the call is not meant for the macro after all.</returns>
internal delegate Expr? Macro(MacroExpansion expansion, Expr? target, IReadOnlyList<Expr> args);

/// <summary>The macros of an environment by name, number of arguments and style of call.</summary>
internal sealed class MacroTable(MacroTable? parent = null)
{
    private readonly Dictionary<(string Name, int Args, bool HasTarget), Macro> _macros = [];

    public void Add(string name, int args, bool hasTarget, Macro macro) => _macros[(name, args, hasTarget)] = macro;

    public Macro? Find(string name, int args, bool hasTarget) => _macros.GetValueOrDefault((name, args, hasTarget)) ?? parent?.Find(name, args, hasTarget);
}

/// <summary>What a macro builds its replacement with.</summary>
internal sealed class MacroExpansion(int at, Action<int, string> report, Action<int> count)
{
    public Expr Ident(string name) => Made(new IdentExpr(at, name));

    public Expr Accumulator => Ident(FoldExpr.Accumulator);

    public Expr Literal(CelValue value) => Made(new LiteralExpr(at, value));

    public Expr List(params Expr[] items) => Made(new ListExpr(at, [.. items.Select(i => new Element(i, IsOptional: false))]));

    public Expr Map() => Made(new MapExpr(at, []));

    public Expr Call(string function, params Expr[] args) => Made(new CallExpr(at, function, null, args));

    public Expr MemberCall(string function, Expr target, params Expr[] args) => Made(new CallExpr(at, function, target, args));

    public Expr Test(SelectExpr select) => Made(new SelectExpr(at, select.Operand, select.Field, isTest: true));

    public Expr Copy(Expr expr)
    {
        count(Size(expr));
        return expr.Copy();
    }

    /// <summary>A loop over <paramref name="range"/> that starts with <paramref name="initial"/>.</summary>
    public Expr Fold(Expr range, (string First, string? Second) variables, Expr initial, Expr condition, Expr step, Expr result) => Made(new FoldExpr(at)
    {
        Range = range,
        Variable = variables.First,
        Variable2 = variables.Second,
        Initial = initial,
        Condition = condition,
        Step = step,
        Result = result,
    });

    /// <summary>A name for a value.</summary>
    public Expr Bind(string name, Expr value, Expr result) => Made(new FoldExpr(at)
    {
        Range = List(),
        Variable = "#unused",
        AccumulatorName = name,
        Initial = value,
        Condition = Literal(CelValue.False),
        Step = Ident(name),
        Result = result,
    });

    /// <summary>Reports the problem and gives something to go on with.</summary>
    public Expr Fail(Expr place, string message)
    {
        report(place.At, message);
        return Literal(default);
    }

    private T Made<T>(T expr)
        where T : Expr
    {
        count(1);
        return expr;
    }

    private static int Size(Expr expr) => 1 + expr switch
    {
        SelectExpr e => Size(e.Operand),
        CallExpr e => e.AllArgs.Sum(Size),
        ListExpr e => e.Elements.Sum(i => Size(i.Value)),
        MapExpr e => e.Entries.Sum(i => Size(i.Key) + Size(i.Value)),
        StructExpr e => e.Fields.Sum(f => Size(f.Value)),
        FoldExpr e => Size(e.Range) + Size(e.Initial) + Size(e.Condition) + Size(e.Step) + Size(e.Result),
        _ => 0,
    };
}
