namespace KubeSharp.Machinery.Cel;

/// <summary>
/// Estimates what an expression may cost, by upstream's model. Sizes come from literals, from the bounds that the types of
/// variables declare along a path of fields, and from the functions; anything else is unbounded.
/// </summary>
/// <remarks>A change here changes which CustomResourceDefinitions are accepted.</remarks>
internal sealed class StaticCost
{
    private static readonly CelCostEstimate One = CelCostEstimate.Fixed(1);
    private readonly Dictionary<Expr, CelType> _declared = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Expr, CelCostEstimate> _sizes = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Expr, EntrySize> _entries = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<CelSymbol, Local> _locals = [];

    private readonly CelType? _self;

    private StaticCost(CelType? self) => _self = self;

    /// <summary>The sizes of the keys and values, or the items, of a container.</summary>
    private readonly record struct EntrySize(bool IsList, CelCostEstimate Key, CelCostEstimate Value)
    {
        public static EntrySize? Union(EntrySize? a, EntrySize? b) =>
            a is { } x && b is { } y ? new(x.IsList, x.Key.Union(y.Key), x.Value.Union(y.Value)) : null;
    }

    /// <param name="Declared">The type at the end of the path from a variable of the environment, if there is such a path.</param>
    private sealed record Local(CelType? Declared, CelCostEstimate? Size, EntrySize? Entry);

    public static CelCostEstimate Estimate(Expr expr, CelType? self) => new StaticCost(self).Cost(expr);

    private CelCostEstimate Cost(Expr expr) => expr switch
    {
        LiteralExpr => default,
        IdentExpr e => Ident(e, e.Symbol!),
        SelectExpr { Symbol: { } symbol } e => Ident(e, symbol),
        SelectExpr e => Select(e),
        CallExpr e => Call(e),
        ListExpr e => List(e),
        MapExpr e => Map(e),
        StructExpr e => e.Fields.Aggregate(CelCostEstimate.Fixed(40), (sum, f) => sum + Cost(f.Value)),
        FoldExpr { IsBind: true } e => Bind(e),
        FoldExpr e => Fold(e),
        _ => default,
    };

    private CelCostEstimate Ident(Expr expr, CelSymbol symbol)
    {
        if (symbol.IsGlobal)
            _declared[expr] = symbol.Type;
        else if (_locals.TryGetValue(symbol, out var local) && local.Declared is { } declared)
            _declared[expr] = declared;
        return One;
    }

    private CelCostEstimate Select(SelectExpr expr)
    {
        var cost = Cost(expr.Operand);
        if (expr.IsTest)
            return cost;
        if (_declared.TryGetValue(expr.Operand, out var declared) && Field(declared, expr.Field) is { } field)
            _declared[expr] = field;
        return expr.Operand.Type.Kind is CelKind.Map or CelKind.Object or CelKind.Parameter ? cost + One : cost;
    }

    private static CelType? Field(CelType type, string name) => type.Kind switch
    {
        CelKind.Object => type.FindField(name)?.Type,
        CelKind.Optional => Field(type.Element, name),
        CelKind.Map when type.Element.IsAny => type.Element, // only of attributes does upstream know that each is bounded alike
        _ => null,
    };

    private CelCostEstimate List(ListExpr expr)
    {
        var cost = CelCostEstimate.Fixed(ListNode.BaseCost);
        var item = expr.Elements.Count == 0 ? default : new CelCostEstimate(ulong.MaxValue, 0);
        foreach (var element in expr.Elements)
        {
            cost += Cost(element.Value);
            item = item.Union(SizeOrUnknown(element.Value));
        }

        _entries[expr] = new(IsList: true, One, item);
        return cost;
    }

    private CelCostEstimate Map(MapExpr expr)
    {
        var cost = CelCostEstimate.Fixed(30);
        var (key, value) = expr.Entries.Count == 0 ? (default, default) : (new CelCostEstimate(ulong.MaxValue, 0), new CelCostEstimate(ulong.MaxValue, 0));
        foreach (var entry in expr.Entries)
        {
            cost += Cost(entry.Key) + Cost(entry.Value);
            key = key.Union(SizeOrUnknown(entry.Key));
            value = value.Union(SizeOrUnknown(entry.Value));
        }

        _entries[expr] = new(IsList: false, key, value);
        return cost;
    }

    private CelCostEstimate Bind(FoldExpr expr)
    {
        var cost = Cost(expr.Range) + Cost(expr.Initial);
        _locals[expr.AccumulatorSymbol!] = new(_declared.GetValueOrDefault(expr.Initial), Size(expr.Initial), Entries(expr.Initial));
        cost += Cost(expr.Result);
        Keep(expr, Size(expr.Result), Entries(expr.Result));
        return cost;
    }

    private CelCostEstimate Fold(FoldExpr expr)
    {
        var cost = Cost(expr.Range) + Cost(expr.Initial);
        _locals[expr.AccumulatorSymbol!] = new(null, Size(expr.Initial), Entries(expr.Initial));

        var entries = Entries(expr.Range);
        var isList = entries?.IsList ?? expr.Range.Type.Kind == CelKind.List;
        var declared = _declared.GetValueOrDefault(expr.Range);
        // Upstream drops the first step of a path for the name of the variable. What is computed has no such name: there the dropped step
        // is the one into the container, and its items pass for the variable itself.
        var unnamed = HasPath(expr.Range) ? null : _self;
        var value = new Local(declared?.Parameters.Count > 0 ? declared.Element : unnamed, entries?.Value, null);
        var key = new Local(!isList && declared?.Parameters.Count > 1 ? declared.Parameters[0] : unnamed, entries?.Key, null);
        if (expr.Variable2Symbol is { } second)
            (_locals[expr.VariableSymbol!], _locals[second]) = (key, value);
        else
            _locals[expr.VariableSymbol!] = isList ? value : key;

        var step = Cost(expr.Condition) + Cost(expr.Step);
        cost += Cost(expr.Result);
        var count = SizeOrUnknown(expr.Range);
        cost += count * step;
        switch (expr.Initial)
        {
            case LiteralExpr:
                Keep(expr, Size(expr.Initial), null);
                break;
            case ListExpr or MapExpr:
                Keep(expr, count, Entries(expr.Step));
                break;
        }

        return cost;
    }

    /// <summary>Whether an expression is reached by names from a variable of the environment, declared or not.</summary>
    private bool HasPath(Expr expr) => _declared.ContainsKey(expr) || expr switch
    {
        SelectExpr { Symbol: null } select => HasPath(select.Operand),
        CallExpr { Function: "_[_]", Args: [var container, _] } => HasPath(container),
        IdentExpr { Symbol: { } symbol } => symbol.IsGlobal || _locals.ContainsKey(symbol),
        _ => false,
    };

    private CelCostEstimate Call(CallExpr expr)
    {
        if (expr is { Function: "dyn", Target: null, Args: [var inner] })
        {
            var dynCost = One + Cost(inner);
            Keep(expr, Size(inner), Entries(inner));
            return dynCost;
        }

        var argCosts = expr.Args.Select(Cost).ToArray();
        var sum = expr.Target is null ? default : Cost(expr.Target);
        if (expr.Overloads.Count == 0)
            return sum;

        var call = new CelCostEstimate(ulong.MaxValue, 0);
        CelCostEstimate? size = null;
        foreach (var overload in expr.Overloads)
        {
            var (cost, resultSize) = CallCost(expr, overload.Id, argCosts);
            call = call.Union(cost);
            if (resultSize is { } result)
                size = size is { } before ? before.Union(result) : result;
            if (overload.Id is "index_list" or "index_map")
            {
                size = Entries(expr.Args[0])?.Value;
                if (_declared.TryGetValue(expr.Args[0], out var container) && container.Parameters.Count > 0)
                    _declared[expr] = container.Element;
            }

            size ??= Size(expr);
        }

        if (size is { } known)
            _sizes[expr] = known;
        return sum + call;
    }

    private (CelCostEstimate Cost, CelCostEstimate? Size) CallCost(CallExpr expr, string id, CelCostEstimate[] argCosts)
    {
        var args = argCosts.Aggregate(default(CelCostEstimate), (sum, cost) => sum + cost);
        if (CallEstimates.Find(expr, id, this) is { } estimate)
            return (estimate.Cost + args, estimate.Size);

        switch (id)
        {
            case "logical_and" or "logical_or":
                return (new(argCosts[0].Min, (argCosts[0] + argCosts[1]).Max), null);
            case "conditional":
                Keep(expr, null, EntrySize.Union(Entries(expr.Args[1]), Entries(expr.Args[2])));
                return (argCosts[0] + argCosts[1].Union(argCosts[2]), SizeOrUnknown(expr.Args[1]).Union(SizeOrUnknown(expr.Args[2])));
            case "add_string" or "add_bytes" or "add_list":
                var total = SizeOrUnknown(expr.Args[0]) + SizeOrUnknown(expr.Args[1]);
                Keep(expr, null, EntrySize.Union(Entries(expr.Args[0]), Entries(expr.Args[1])));
                return ((id == "add_list" ? One : total.Times(RuntimeCosts.TextFactor)) + args, total);
            default:
                return (One + args, null);
        }
    }

    private void Keep(Expr expr, CelCostEstimate? size, EntrySize? entries)
    {
        if (size is { } s)
            _sizes[expr] = s;
        if (entries is { } e)
            _entries[expr] = e;
    }

    public CelCostEstimate SizeOrUnknown(Expr expr) => Size(expr) ?? CelCostEstimate.Unknown;

    /// <summary>The declared size of the items of a list at the end of a path; unbounded if nothing is declared.</summary>
    public CelCostEstimate DeclaredItemSize(Expr list) =>
        _declared.TryGetValue(list, out var declared) && declared.Parameters.Count > 0 ? new(0, declared.Element.MaxElements) : CelCostEstimate.Unknown;

    private CelCostEstimate? Size(Expr expr)
    {
        if (_sizes.TryGetValue(expr, out var known))
            return known;
        switch (expr)
        {
            case LiteralExpr literal:
                return CelCostEstimate.Fixed(Sizes.Of(literal.Value));
            case ListExpr list:
                return CelCostEstimate.Fixed((ulong)list.Elements.Count);
            case MapExpr map:
                return CelCostEstimate.Fixed((ulong)map.Entries.Count);
        }

        if (_declared.TryGetValue(expr, out var declared))
            return _sizes[expr] = new(0, declared.MaxElements);
        if (IsScalar(expr.Type))
            return One;
        return expr is IdentExpr { Symbol: { } symbol } && _locals.TryGetValue(symbol, out var local) ? local.Size : null;
    }

    private EntrySize? Entries(Expr expr) =>
        _entries.TryGetValue(expr, out var known) ? known
        : expr is IdentExpr { Symbol: { } symbol } && _locals.TryGetValue(symbol, out var local) ? local.Entry : null;

    private static bool IsScalar(CelType type) => type.Kind switch
    {
        CelKind.Bool or CelKind.Double or CelKind.Duration or CelKind.Int or CelKind.Timestamp or CelKind.Uint => true,
        CelKind.Optional => IsScalar(type.Element),
        _ => false,
    };
}
