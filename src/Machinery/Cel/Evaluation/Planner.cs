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
        IdentExpr e => Symbol(e.Symbol!),
        SelectExpr { Symbol: { } symbol } => Symbol(symbol),
        SelectExpr { IsTest: true } e => new TestNode(Visit(e.Operand), e.Field),
        SelectExpr e => new SelectNode(Visit(e.Operand), e.Field, IsRelative(e.Operand)),
        CallExpr e => Call(e),
        ListExpr e => List(e),
        MapExpr e => Map(e),
        StructExpr e => new StructNode(e.Type, [.. e.Fields.Select(f => (f.Name, Visit(f.Value), f.IsOptional))]),
        FoldExpr e => Fold(e),
        _ => throw new InvalidOperationException($"unexpected node {expr}"),
    };

    private Node Symbol(CelSymbol symbol) => symbol.Constant is { } constant ? new ConstantNode(constant) : new VariableNode(Slot(symbol));

    private int Slot(CelSymbol? symbol)
    {
        if (symbol is null)
            return -1;
        if (!_slots.TryGetValue(symbol, out var slot))
            _slots[symbol] = slot = _slots.Count;
        return slot;
    }

    private static bool IsRelative(Expr operand) => operand is not (IdentExpr or SelectExpr or CallExpr { Function: "_[_]" or "_?._" or "_[?_]" or "_?_:_" });

    private Node Call(CallExpr expr)
    {
        var args = expr.AllArgs.Select(Visit).ToArray();
        return (expr.Function, args) switch
        {
            ("_&&_", [var a, var b]) => new AndNode(a, b),
            ("_||_", [var a, var b]) => new OrNode(a, b),
            ("_?_:_", [var c, var a, var b]) => new ConditionNode(c, a, b),
            ("@not_strictly_false", [var a]) => new NotFalseNode(a),
            ("_?._", [var a, ConstantNode field]) => new OptionalSelectNode(a, field.Value.AsText),
            ("_[_]", [var a, var b]) => new IndexNode(a, b, isOptional: false, IsRelative(expr.Args[0])),
            ("_[?_]", [var a, var b]) => new IndexNode(a, b, isOptional: true, IsRelative(expr.Args[0])),
            ("or", [var a, var b]) when expr.Target is not null => new OptionalOrNode(a, b, unwraps: false),
            ("orValue", [var a, var b]) when expr.Target is not null => new OptionalOrNode(a, b, unwraps: true),
            _ => new CallNode(expr.Function, [.. expr.Overloads.Select(o => RegexFunctions.Prepare(o, args))], args),
        };
    }

    private Node List(ListExpr expr)
    {
        var elements = expr.Elements.Select(e => (Visit(e.Value), e.IsOptional)).ToArray();
        return elements.All(e => e is { Item1: ConstantNode, IsOptional: false })
            ? new ConstantNode(CelValue.Of(CelList.Of([.. elements.Select(e => ((ConstantNode)e.Item1).Value)])))
            : new ListNode(elements);
    }

    private Node Map(MapExpr expr)
    {
        var node = new MapNode([.. expr.Entries.Select(e => (Visit(e.Key), Visit(e.Value), e.IsOptional))]);
        if (!expr.Entries.All(e => e is { Key: LiteralExpr, Value: LiteralExpr, IsOptional: false }))
            return node;
        var value = node.Eval(new Frame(0, ulong.MaxValue, CancellationToken.None));
        return value.IsError ? node : new ConstantNode(value);
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
