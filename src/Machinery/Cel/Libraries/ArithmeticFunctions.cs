using static KubeSharp.Machinery.Cel.CelType;

namespace KubeSharp.Machinery.Cel;

/// <summary>Arithmetic; whole numbers, durations and timestamps fail rather than wrap.</summary>
internal static class ArithmeticFunctions
{
    /// <summary>No list grows beyond this by adding: no document holds so many items.</summary>
    public const int MaxItems = 1_000_000;

    public static void AddTo(Declarations d)
    {
        var a = Parameter("A");
        foreach (var (type, name) in new[] { (Int, "int64"), (Uint, "uint64"), (CelType.Double, "double") })
        {
            d.Function("_+_", $"add_{name}", [type, type], type, Add);
            d.Function("_-_", $"subtract_{name}", [type, type], type, Subtract);
            d.Function("_*_", $"multiply_{name}", [type, type], type, Multiply);
            d.Function("_/_", $"divide_{name}", [type, type], type, Divide);
            if (type != CelType.Double)
                d.Function("_%_", $"modulo_{name}", [type, type], type, Modulo);
        }

        d.Function("_+_", "add_string", [Text, Text], Text, Add);
        d.Function("_+_", "add_bytes", [Bytes, Bytes], Bytes, Add);
        d.Function("_+_", "add_list", [List(a), List(a)], List(a), Add);
        d.Function("_+_", "add_duration_duration", [Duration, Duration], Duration, Add);
        d.Function("_+_", "add_duration_timestamp", [Duration, CelType.Timestamp], CelType.Timestamp, Add);
        d.Function("_+_", "add_timestamp_duration", [CelType.Timestamp, Duration], CelType.Timestamp, Add);
        d.Function("_-_", "subtract_duration_duration", [Duration, Duration], Duration, Subtract);
        d.Function("_-_", "subtract_timestamp_timestamp", [CelType.Timestamp, CelType.Timestamp], Duration, Subtract);
        d.Function("_-_", "subtract_timestamp_duration", [CelType.Timestamp, Duration], CelType.Timestamp, Subtract);
        d.Function("-_", "negate_int64", [Int], Int, args => args[0].AsInt == long.MinValue ? IntOverflow : CelValue.Of(-args[0].AsInt));
        d.Function("-_", "negate_double", [CelType.Double], CelType.Double, args => CelValue.Of(-args[0].AsDouble));
    }

    private static CelValue IntOverflow => CelValue.Error("integer overflow");

    private static CelValue UintOverflow => CelValue.Error("unsigned integer overflow");

    public static CelValue Add(ReadOnlySpan<CelValue> args)
    {
        var (x, y) = (args[0], args[1]);
        switch (x.Kind, y.Kind)
        {
            case (CelKind.Int, CelKind.Int):
                return Whole((Int128)x.AsInt + y.AsInt);
            case (CelKind.Uint, CelKind.Uint):
                return Natural((Int128)x.AsUint + y.AsUint);
            case (CelKind.Double, CelKind.Double):
                return CelValue.Of(x.AsDouble + y.AsDouble);
            case (CelKind.Text, CelKind.Text):
                return CelValue.Of(x.AsText + y.AsText);
            case (CelKind.Bytes, CelKind.Bytes):
                return CelValue.OfBytes([.. x.AsBytes.Span, .. y.AsBytes.Span]);
            case (CelKind.List, CelKind.List):
                return (long)x.AsList.Count + y.AsList.Count > MaxItems
                    ? CelValue.Error($"a list of more than {MaxItems} items")
                    : Weights.Bounded(CelValue.Of(x.AsList.Plus(y.AsList)));
            case (CelKind.Duration, CelKind.Duration):
                return Span((Int128)x.AsDuration + y.AsDuration);
            case (CelKind.Duration, CelKind.Timestamp):
                return Shift(y.AsTimestamp, x.AsDuration);
            case (CelKind.Timestamp, CelKind.Duration):
                return Shift(x.AsTimestamp, y.AsDuration);
            default:
                return Node.NoOverload;
        }
    }

    private static CelValue Subtract(ReadOnlySpan<CelValue> args)
    {
        var (x, y) = (args[0], args[1]);
        return (x.Kind, y.Kind) switch
        {
            (CelKind.Int, CelKind.Int) => Whole((Int128)x.AsInt - y.AsInt),
            (CelKind.Uint, CelKind.Uint) => Natural((Int128)x.AsUint - y.AsUint),
            (CelKind.Double, CelKind.Double) => CelValue.Of(x.AsDouble - y.AsDouble),
            (CelKind.Duration, CelKind.Duration) => Span((Int128)x.AsDuration - y.AsDuration),
            (CelKind.Timestamp, CelKind.Timestamp) => CelTimestamp.TrySubtract(x.AsTimestamp, y.AsTimestamp, out var nanos) ? CelValue.OfDuration(nanos) : CelValue.Error("timestamp overflow"),
            (CelKind.Timestamp, CelKind.Duration) => Shift(x.AsTimestamp, -(Int128)y.AsDuration),
            _ => Node.NoOverload,
        };
    }

    private static CelValue Multiply(ReadOnlySpan<CelValue> args) => (args[0].Kind, args[1].Kind) switch
    {
        (CelKind.Int, CelKind.Int) => Whole((Int128)args[0].AsInt * args[1].AsInt),
        (CelKind.Uint, CelKind.Uint) => args[1].AsUint != 0 && args[0].AsUint > ulong.MaxValue / args[1].AsUint ? UintOverflow : CelValue.OfUint(args[0].AsUint * args[1].AsUint),
        (CelKind.Double, CelKind.Double) => CelValue.Of(args[0].AsDouble * args[1].AsDouble),
        _ => Node.NoOverload,
    };

    private static CelValue Divide(ReadOnlySpan<CelValue> args)
    {
        if (args[0].Kind == CelKind.Double)
            return CelValue.Of(args[0].AsDouble / args[1].AsDouble);
        if (IsZero(args[1]))
            return CelValue.Error("division by zero");
        return args[0].Kind == CelKind.Int ? Whole((Int128)args[0].AsInt / args[1].AsInt) : CelValue.OfUint(args[0].AsUint / args[1].AsUint);
    }

    private static CelValue Modulo(ReadOnlySpan<CelValue> args)
    {
        if (IsZero(args[1]))
            return CelValue.Error("modulus by zero");
        if (args[0].Kind == CelKind.Uint)
            return CelValue.OfUint(args[0].AsUint % args[1].AsUint);
        return args[0].AsInt == long.MinValue && args[1].AsInt == -1 ? IntOverflow : CelValue.Of(args[0].AsInt % args[1].AsInt);
    }

    private static bool IsZero(CelValue value) => value.Kind == CelKind.Int ? value.AsInt == 0 : value.AsUint == 0;

    private static CelValue Whole(Int128 value) => value >= long.MinValue && value <= long.MaxValue ? CelValue.Of((long)value) : IntOverflow;

    private static CelValue Natural(Int128 value) => value >= 0 && value <= ulong.MaxValue ? CelValue.OfUint((ulong)value) : UintOverflow;

    private static CelValue Span(Int128 nanos) => nanos >= long.MinValue && nanos <= long.MaxValue ? CelValue.OfDuration((long)nanos) : CelValue.Error("duration overflow");

    private static CelValue Shift(CelTimestamp time, Int128 nanos) => CelTimestamp.TryAdd(time, nanos, out var sum) ? CelValue.Of(sum) : CelValue.Error("timestamp overflow");
}
