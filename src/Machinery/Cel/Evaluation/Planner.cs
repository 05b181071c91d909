namespace KubeSharp.Machinery.Cel;

/// <summary>Turns a checked tree into nodes.</summary>
internal sealed class Planner
{
    private readonly Dictionary<CelSymbol, int> _slots = [];

    private Planner()
    {
    }

    /// <returns>The root, how many slots a frame needs, and which of them are variables from outside.</returns>
    public static (Node Root, int Slots, IReadOnlyList<(string Name, int Slot)> Inputs) Plan(Expr expr)
    {
        var planner = new Planner();
        var root = planner.Visit(expr);
        return (root, planner._slots.Count, [.. planner._slots.Where(s => s.Key.IsGlobal).Select(s => (s.Key.Name, s.Value))]);
    }

    private Node Visit(Expr expr) => expr switch
    {
        LiteralExpr e => new ConstantNode(e.Value),
        IdentExpr or SelectExpr { IsTest: false } => Path(expr, rootCost: 1),
        SelectExpr e => new TestNode(Visit(e.Operand), e.Field),
        CallExpr e => Call(e),
        ListExpr e => List(e),
        MapExpr e => Map(e),
        StructExpr e => new StructNode(e.Type, [.. e.Fields.Select(f => (f.Name, Visit(f.Value), f.IsOptional))]),
        FoldExpr e => Fold(e),
        _ => throw new InvalidOperationException($"unexpected node {expr}"),
    };

    private Node Path(Expr expr, ulong rootCost) => expr switch
    {
        IdentExpr e => Symbol(e.Symbol!, rootCost),
        SelectExpr { Symbol: { } symbol } => Symbol(symbol, rootCost),
        SelectExpr { IsTest: false } e => new SelectNode(Path(e.Operand, rootCost), e.Field, IsRelative(e.Operand)),
        _ => Visit(expr),
    };

    private Node Symbol(CelSymbol symbol, ulong cost) => symbol.Constant is { } constant ? new ConstantNode(constant) : new VariableNode(Slot(symbol), cost);

    private int Slot(CelSymbol? symbol)
    {
        if (symbol is null)
            return -1;
        if (!_slots.TryGetValue(symbol, out var slot))
            _slots[symbol] = slot = _slots.Count;
        return slot;
    }

    private static bool IsRelative(Expr operand) => operand is not (IdentExpr or SelectExpr or CallExpr { Function: "_[_]" or "_?._" or "_[?_]" or "_?_:_" });

    /// <summary>An index that is a path itself counts as one qualifier; the path has paid for that.</summary>
    private static ulong IndexCost(CallExpr expr)
    {
        var isPath = expr.Args[1] is IdentExpr or SelectExpr { IsTest: false };
        return (isPath ? 0UL : 1UL) + (IsRelative(expr.Args[0]) ? 1UL : 0UL);
    }

    private Node Call(CallExpr expr)
    {
        if (expr is { Function: "_?_:_", Args: [var condition, var yes, var no] })
            return new ConditionNode(Visit(condition), Path(yes, rootCost: 0), Path(no, rootCost: 0));

        var args = expr.AllArgs.Select(Visit).ToArray();
        return (expr.Function, args) switch
        {
            ("_&&_", [var a, var b]) => new AndNode(a, b),
            ("_||_", [var a, var b]) => new OrNode(a, b),
            ("@not_strictly_false", [var a]) => new NotFalseNode(a),
            ("_?._", [var a, ConstantNode field]) => new OptionalSelectNode(a, field.Value.AsText),
            ("_[_]", [var a, var b]) => new IndexNode(a, b, isOptional: false, IndexCost(expr)),
            ("_[?_]", [var a, var b]) => new IndexNode(a, b, isOptional: true, IndexCost(expr)),
            ("or", [var a, var b]) when expr.Target is not null => new OptionalOrNode(a, b, unwraps: false),
            ("orValue", [var a, var b]) when expr.Target is not null => new OptionalOrNode(a, b, unwraps: true),
            _ => new CallNode(expr.Function, [.. expr.Overloads.Select(o => RegexFunctions.Prepare(o, args))], args),
        };
    }

    private Node List(ListExpr expr)
    {
        var elements = expr.Elements.Select(e => (Visit(e.Value), e.IsOptional)).ToArray();
        return Constant(new ListNode(elements), elements.All(e => e is { Item1: ConstantNode, IsOptional: false }));
    }

    private Node Map(MapExpr expr)
    {
        var entries = expr.Entries.Select(e => (Visit(e.Key), Visit(e.Value), e.IsOptional)).ToArray();
        return Constant(new MapNode(entries), entries.All(e => e is { Item1: ConstantNode, Item2: ConstantNode, IsOptional: false }));
    }

    /// <summary>What never changes is made now, unless it fails: a failure belongs to the evaluation.</summary>
    private static Node Constant(Node node, bool isConstant)
    {
        if (!isConstant)
            return node;
        var frame = new Frame(0, ulong.MaxValue, CancellationToken.None);
        var value = node.Eval(frame);
        return value.IsError ? node : new ConstantNode(value, frame.Cost);
    }

    private Node Fold(FoldExpr expr)
    {
        if (expr.IsBind)
        {
            var value = Visit(expr.Initial);
            return new BindNode(Slot(expr.AccumulatorSymbol), value, Visit(expr.Result));
        }

        var range = Visit(expr.Range);
        var slots = new LoopSlots(Slot(expr.AccumulatorSymbol), Slot(expr.VariableSymbol), Slot(expr.Variable2Symbol));
        Expr? filter = null;
        var step = expr.Step;
        if (step is CallExpr { Function: "_?_:_", Args: [var condition, CallExpr inner, IdentExpr { Name: FoldExpr.Accumulator }] })
            (filter, step) = (condition, inner);
        switch (expr.Initial, step)
        {
            case (ListExpr { Elements.Count: 0 }, CallExpr { Function: "_+_", Args: [IdentExpr { Name: FoldExpr.Accumulator }, ListExpr { Elements: [var item] }] }):
                return new CollectNode(range, slots, Filter(), Visit(item.Value));
            case (MapExpr { Entries.Count: 0 }, CallExpr { Function: "cel.@mapInsert", Args: [_, var entries] }):
                return new CollectMapNode(range, slots, Filter(), null, Visit(entries));
            case (MapExpr { Entries.Count: 0 }, CallExpr { Function: "cel.@mapInsert", Args: [_, var key, var item] }):
                return new CollectMapNode(range, slots, Filter(), Visit(key), Visit(item));
            default:
                return new FoldNode(range, slots, Visit(expr.Initial), Visit(expr.Condition), Visit(expr.Step), Visit(expr.Result));
        }

        Node? Filter() => filter is null ? null : Visit(filter);
    }
}
