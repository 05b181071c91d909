namespace KubeSharp.Machinery.Cel;

/// <summary>A compiled expression. Thread-safe: compile once, evaluate from anywhere.</summary>
public sealed class CelProgram
{
    private readonly Node _root;
    private readonly int _slots;
    private readonly IReadOnlyList<(string Name, int Slot)> _inputs;

    /// <param name="self">The type of the variable that rules are about; null if there is none.</param>
    internal CelProgram(string source, Expr expr, CelType? self)
    {
        Source = source;
        ResultType = expr.Type;
        EstimatedCost = StaticCost.Estimate(expr, self);
        (_root, _slots, _inputs) = Planner.Plan(expr);
    }

    public string Source { get; }

    public CelType ResultType { get; }

    /// <summary>What an evaluation may cost at least and at most, by the sizes the types declare.</summary>
    public CelCostEstimate EstimatedCost { get; }

    /// <summary>The variables of the environment that the expression uses.</summary>
    public IEnumerable<string> Variables => _inputs.Select(i => i.Name);

    /// <summary>Computes the expression, where nobody waits who could give up: the budget bounds the time.</summary>
    public CelOutcome Evaluate(CelBindings bindings, ulong budget = CelLimits.PerCall) => Evaluate(bindings, budget, CancellationToken.None);

    /// <summary>Computes the expression. Never throws: what fails gives an error value.</summary>
    /// <param name="budget">What the evaluation may cost; beyond it the result is an error with <see cref="CelError.IsCostLimit"/>.</param>
    /// <param name="ct">Looked at in loops; the result is an error then.</param>
    public CelOutcome Evaluate(CelBindings bindings, ulong budget, CancellationToken ct)
    {
        var frame = new Frame(_slots, budget, ct);
        foreach (var (name, slot) in _inputs)
            frame.Slots[slot] = bindings.TryGet(name, out var value) ? value : CelValue.Error($"no such attribute(s): {name}");
        try
        {
            return new(_root.Eval(frame), frame.Cost);
        }
        catch (EvaluationStop stop)
        {
            return new(CelValue.Error(stop.Message), frame.Cost);
        }
    }
}

/// <summary>What an evaluation gave.</summary>
/// <param name="Value">The value, or an error.</param>
/// <param name="Cost">What it has cost, to be taken from the budget of the whole.</param>
public readonly record struct CelOutcome(CelValue Value, ulong Cost)
{
    /// <summary>Why there is no value; <see langword="null"/> if there is one.</summary>
    public CelError? Error => Value.IsError ? Value.AsError : null;

    /// <summary>The expression is a bool, and holds.</summary>
    public bool IsTrue => Value.IsTrue;
}
