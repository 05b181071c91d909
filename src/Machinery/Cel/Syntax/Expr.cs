namespace KubeSharp.Machinery.Cel;

/// <summary>A node of the syntax tree. The checker writes what it found into the node; after that nothing changes.</summary>
/// <param name="at">Where messages point, in UTF-16 units.</param>
internal abstract class Expr(int at)
{
    public int At { get; } = at;

    /// <summary>Set by the checker.</summary>
    public CelType Type { get; set; } = CelType.Dyn;

    /// <summary>A copy without what the checker found.</summary>
    public abstract Expr Copy();
}

internal sealed class LiteralExpr(int at, CelValue value) : Expr(at)
{
    public CelValue Value { get; } = value;

    public override Expr Copy() => new LiteralExpr(At, Value);
}

internal sealed class IdentExpr(int at, string name) : Expr(at)
{
    /// <summary>A leading dot means: from the root, past local variables.</summary>
    public string Name { get; } = name;

    /// <summary>What the checker found the name to be.</summary>
    public CelSymbol? Symbol { get; set; }

    public override Expr Copy() => new IdentExpr(At, Name);
}

internal sealed class SelectExpr(int at, Expr operand, string field, bool isTest) : Expr(at)
{
    public Expr Operand { get; } = operand;

    public string Field { get; } = field;

    /// <summary><c>has(operand.field)</c></summary>
    public bool IsTest { get; } = isTest;

    /// <summary>The qualified name of a variable or type, which this selection turned out to be.</summary>
    public CelSymbol? Symbol { get; set; }

    public override Expr Copy() => new SelectExpr(At, Operand.Copy(), Field, IsTest);
}

internal sealed class CallExpr(int at, string function, Expr? target, IReadOnlyList<Expr> args) : Expr(at)
{
    public string Function { get; set; } = function;

    /// <summary>Cleared if it turns out to be part of a qualified name of the function.</summary>
    public Expr? Target { get; set; } = target;

    public IReadOnlyList<Expr> Args { get; } = args;

    /// <summary>What the checker left as possible.</summary>
    public IReadOnlyList<CelOverload> Overloads { get; set; } = [];

    /// <summary>Target and arguments.</summary>
    public IReadOnlyList<Expr> AllArgs => Target is null ? Args : [Target, .. Args];

    public override Expr Copy() => new CallExpr(At, Function, Target?.Copy(), [.. Args.Select(a => a.Copy())]);
}

internal readonly record struct Element(Expr Value, bool IsOptional);

internal sealed class ListExpr(int at, IReadOnlyList<Element> elements) : Expr(at)
{
    public IReadOnlyList<Element> Elements { get; } = elements;

    public override Expr Copy() => new ListExpr(At, [.. Elements.Select(e => e with { Value = e.Value.Copy() })]);
}

internal readonly record struct Entry(int At, Expr Key, Expr Value, bool IsOptional);

internal sealed class MapExpr(int at, IReadOnlyList<Entry> entries) : Expr(at)
{
    public IReadOnlyList<Entry> Entries { get; } = entries;

    public override Expr Copy() => new MapExpr(At, [.. Entries.Select(e => e with { Key = e.Key.Copy(), Value = e.Value.Copy() })]);
}

internal readonly record struct FieldInit(int At, string Name, Expr Value, bool IsOptional);

internal sealed class StructExpr(int at, string name, IReadOnlyList<FieldInit> fields) : Expr(at)
{
    public string Name { get; } = name;

    public IReadOnlyList<FieldInit> Fields { get; } = fields;

    public override Expr Copy() => new StructExpr(At, Name, [.. Fields.Select(f => f with { Value = f.Value.Copy() })]);
}

/// <summary>The one loop of the language, which macros expand to.</summary>
internal sealed class FoldExpr(int at) : Expr(at)
{
    /// <summary>What the accumulator is called; no expression can write it.</summary>
    public const string Accumulator = "@result";

    public required Expr Range { get; init; }

    public required string Variable { get; init; }

    /// <summary>With it, the first variable is the index or key and this one the value.</summary>
    public string? Variable2 { get; init; }

    public string AccumulatorName { get; init; } = Accumulator;

    public required Expr Initial { get; init; }

    public required Expr Condition { get; init; }

    public required Expr Step { get; init; }

    public required Expr Result { get; init; }

    /// <summary>No loop but a name for a value: <c>cel.bind</c>, <c>optMap</c>, <c>sortBy</c>.</summary>
    public bool IsBind => AccumulatorName != Accumulator;

    /// <summary>Set by the checker, for the planner.</summary>
    public CelSymbol? VariableSymbol { get; set; }

    public CelSymbol? Variable2Symbol { get; set; }

    public CelSymbol? AccumulatorSymbol { get; set; }

    public override Expr Copy() => new FoldExpr(At)
    {
        Range = Range.Copy(),
        Variable = Variable,
        Variable2 = Variable2,
        AccumulatorName = AccumulatorName,
        Initial = Initial.Copy(),
        Condition = Condition.Copy(),
        Step = Step.Copy(),
        Result = Result.Copy(),
    };
}
