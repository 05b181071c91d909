using static KubeSharp.Machinery.Cel.CelType;

namespace KubeSharp.Machinery.Cel;

/// <summary>The operators and functions of the language definition.</summary>
internal static class StandardLibrary
{
    public static void AddTo(Declarations d)
    {
        foreach (var type in new[] { Bool, Bytes, CelType.Double, Duration, Int, List(Dyn), Map(Dyn, Dyn), CelType.Null, Text, CelType.Timestamp, CelType.Type, Uint, Optional(Dyn) })
            d.AddType(type);
        StandardMacros.AddTo(d.Macros);
        AddLogic(d);
        AddContainers(d);
        ArithmeticFunctions.AddTo(d);
        ConversionFunctions.AddTo(d);
        TimeFunctions.AddTo(d);
        AddTexts(d);
    }

    private static void AddLogic(Declarations d)
    {
        var a = Parameter("A");
        CelFunction planned = _ => Node.NoOverload; // these have nodes of their own
        d.Function("_&&_", "logical_and", [Bool, Bool], Bool, planned);
        d.Function("_||_", "logical_or", [Bool, Bool], Bool, planned);
        d.Function("_?_:_", "conditional", [Bool, a, a], a, planned);
        d.Function("@not_strictly_false", "not_strictly_false", [Bool], Bool, planned);
        d.Function("!_", "logical_not", [Bool], Bool, args => CelValue.Of(!args[0].AsBool));
        d.Function("_==_", "equals", [a, a], Bool, args => CelValue.Of(args[0].Equals(args[1])));
        d.Function("_!=_", "not_equals", [a, a], Bool, args => CelValue.Of(!args[0].Equals(args[1])));

        Order(d, "_<_", "less", order => order < 0);
        Order(d, "_<=_", "less_equals", order => order <= 0);
        Order(d, "_>_", "greater", order => order > 0);
        Order(d, "_>=_", "greater_equals", order => order >= 0);
    }

    private static void Order(Declarations d, string op, string id, Func<int, bool> holds)
    {
        CelFunction compare = args => CelEquality.Compare(args[0], args[1]) is { } order
            ? CelValue.Of(holds(order))
            : CelValue.Error(CelEquality.IsNumber(args[0].Kind) ? "NaN values cannot be ordered" : "no such overload");
        foreach (var (type, name) in new[]
        {
            (Bool, "bool"), (Int, "int64"), (Uint, "uint64"), (CelType.Double, "double"), (Text, "string"),
            (Bytes, "bytes"), (CelType.Timestamp, "timestamp"), (Duration, "duration"),
        })
            d.Function(op, $"{id}_{name}", [type, type], Bool, compare);

        (CelType Type, string Name)[] numbers = [(Int, "int64"), (Uint, "uint64"), (CelType.Double, "double")];
        foreach (var left in numbers)
        {
            foreach (var right in numbers)
            {
                if (left.Name != right.Name)
                    d.Function(op, $"{id}_{left.Name}_{right.Name}", [left.Type, right.Type], Bool, compare);
            }
        }
    }

    private static void AddContainers(Declarations d)
    {
        var (a, b) = (Parameter("A"), Parameter("B"));
        var (list, map) = (List(a), Map(a, b));
        CelFunction planned = _ => Node.NoOverload;
        d.Function("_[_]", "index_list", [list, Int], a, planned);
        d.Function("_[_]", "index_map", [map, a], b, planned);
        d.Function("@in", "in_list", [a, list], Bool, args => CelValue.Of(args[1].AsList.Has(args[0])));
        d.Function("@in", "in_map", [a, map], Bool, args => CelValue.Of(args[1].AsMap.TryGet(args[0], out _)));
        d.Function("type", "type", [a], TypeOf(a), args => CelValue.Of(args[0].TypeOf()));
        d.Function("dyn", "to_dyn", [a], Dyn, args => args[0]);

        foreach (var (type, name) in new[] { (Text, "string"), (Bytes, "bytes"), (list, "list"), (map, "map") })
        {
            d.Function("size", $"size_{name}", [type], Int, Size);
            d.Member("size", $"{name}_size", [type], Int, Size);
        }

        CelValue Size(ReadOnlySpan<CelValue> args) => CelValue.Of((long)Sizes.Of(args[0]));
    }

    private static void AddTexts(Declarations d)
    {
        d.Member("contains", "contains_string", [Text, Text], Bool, args => CelValue.Of(args[0].AsText.Contains(args[1].AsText, StringComparison.Ordinal)));
        d.Member("startsWith", "starts_with_string", [Text, Text], Bool, args => CelValue.Of(args[0].AsText.StartsWith(args[1].AsText, StringComparison.Ordinal)));
        d.Member("endsWith", "ends_with_string", [Text, Text], Bool, args => CelValue.Of(args[0].AsText.EndsWith(args[1].AsText, StringComparison.Ordinal)));
        d.Function("matches", "matches", [Text, Text], Bool, RegexFunctions.Matches);
        d.Member("matches", "matches_string", [Text, Text], Bool, RegexFunctions.Matches);
    }
}

/// <summary>The size of values as functions and cost models see it.</summary>
internal static class Sizes
{
    /// <returns>Code points, bytes, items or entries; 1 for what has no size.</returns>
    public static ulong Of(CelValue value) => value.Kind switch
    {
        CelKind.Text => (ulong)CelText.Length(value.AsText),
        CelKind.Bytes => (ulong)value.AsBytes.Length,
        CelKind.List => (ulong)value.AsList.Count,
        CelKind.Map => (ulong)value.AsMap.Count,
        CelKind.Object => (ulong)value.AsObject.Present.Count(),
        CelKind.Opaque => value.AsOpaque.Size,
        CelKind.Optional when value.TryGetOptional(out var held) => Of(held),
        _ => 1,
    };
}
