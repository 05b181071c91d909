namespace KubeSharp.Machinery.Cel;

/// <summary>A node of the compiled program. Immutable: many evaluations share it.</summary>
internal abstract class Node
{
    /// <summary>Errors are values: a node that fails returns one.</summary>
    public abstract CelValue Eval(Frame frame);

    public static CelValue NoOverload => CelValue.Error("no such overload");
}

/// <summary>A literal. Literal lists and maps are made once, but each evaluation is charged for them.</summary>
internal sealed class ConstantNode(CelValue value, ulong cost = 0) : Node
{
    public CelValue Value { get; } = value;

    public ulong Cost { get; } = cost;

    public override CelValue Eval(Frame frame)
    {
        if (Cost > 0)
            frame.Charge(Cost);
        return Value;
    }
}

/// <param name="cost">One; none as a branch of a condition, where upstream's attributes hide it.</param>
internal sealed class VariableNode(int slot, ulong cost) : Node
{
    public override CelValue Eval(Frame frame)
    {
        frame.Charge(cost);
        return frame.Slots[slot];
    }
}

internal sealed class AndNode(Node left, Node right) : Node
{
    /// <summary>False absorbs an error on the other side, whichever side it is.</summary>
    public override CelValue Eval(Frame frame)
    {
        var a = left.Eval(frame);
        if (a.IsFalse)
            return a;
        var b = right.Eval(frame);
        if (b.IsFalse || (a.IsTrue && b.IsTrue))
            return b;
        return a.IsError ? a : b.IsError ? b : NoOverload;
    }
}

internal sealed class OrNode(Node left, Node right) : Node
{
    public override CelValue Eval(Frame frame)
    {
        var a = left.Eval(frame);
        if (a.IsTrue)
            return a;
        var b = right.Eval(frame);
        if (b.IsTrue || (a.IsFalse && b.IsFalse))
            return b;
        return a.IsError ? a : b.IsError ? b : NoOverload;
    }
}

internal sealed class ConditionNode(Node condition, Node yes, Node no) : Node
{
    public override CelValue Eval(Frame frame)
    {
        var chosen = condition.Eval(frame);
        return chosen.Kind == CelKind.Bool ? (chosen.AsBool ? yes : no).Eval(frame) : chosen.IsError ? chosen : NoOverload;
    }
}

/// <summary><c>@not_strictly_false</c>: a loop goes on over errors.</summary>
internal sealed class NotFalseNode(Node operand) : Node
{
    public override CelValue Eval(Frame frame)
    {
        var value = operand.Eval(frame);
        frame.Charge(1);
        return CelValue.Of(!value.IsFalse);
    }
}

/// <summary><c>a.or(b)</c> and <c>a.orValue(b)</c>: b is only computed if a is empty.</summary>
internal sealed class OptionalOrNode(Node left, Node right, bool unwraps) : Node
{
    public override CelValue Eval(Frame frame)
    {
        var value = left.Eval(frame);
        if (value.Kind != CelKind.Optional)
            return value.IsError ? value : NoOverload;
        if (value.TryGetOptional(out var held))
            return unwraps ? held : value;
        return right.Eval(frame);
    }
}

internal sealed class CallNode(string function, IReadOnlyList<CelOverload> overloads, Node[] args) : Node
{
    private readonly CelOverload[] _overloads = [.. overloads];

    public override CelValue Eval(Frame frame)
    {
        switch (args)
        {
            case [var only]:
                var one = only.Eval(frame);
                return one.IsError ? one : Dispatch(frame, [one]);
            case [var left, var right]:
                var a = left.Eval(frame);
                if (a.IsError)
                    return a;
                var b = right.Eval(frame);
                return b.IsError ? b : Dispatch(frame, [a, b]);
        }

        var values = new CelValue[args.Length];
        for (var i = 0; i < args.Length; i++)
        {
            values[i] = args[i].Eval(frame);
            if (values[i].IsError)
                return values[i];
        }

        return Dispatch(frame, values);
    }

    private CelValue Dispatch(Frame frame, ReadOnlySpan<CelValue> values)
    {
        foreach (var overload in _overloads)
        {
            if (!overload.Accepts(values))
                continue;
            var result = overload.Invoke(values);
            frame.Charge(overload.Cost is { } cost ? cost(values, result) : 1);
            return result;
        }

        frame.Charge(1);
        if (!char.IsAsciiLetter(function[0]))
            return NoOverload;
        var types = values.ToArray().Select(v => v.TypeOf().Name);
        return CelValue.Error($"no such overload: {function}({string.Join(", ", types)})");
    }
}
