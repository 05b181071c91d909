using static KubeSharp.Machinery.Cel.CelType;

namespace KubeSharp.Machinery.Cel;

/// <summary>Kubernetes' functions of lists, and version 3 of the lists extension.</summary>
internal static class ListLibrary
{
    private static readonly (CelType Type, string Name)[] Comparable =
    [
        (Int, "int"), (Uint, "uint"), (CelType.Double, "double"), (Bool, "bool"), (Duration, "duration"), (CelType.Timestamp, "timestamp"), (Text, "string"), (Bytes, "bytes"),
    ];

    private static readonly (CelType Type, string Name, CelValue Zero)[] Summable =
    [
        (Int, "int", CelValue.Of(0L)), (Uint, "uint", CelValue.OfUint(0)), (CelType.Double, "double", CelValue.Of(0.0)), (Duration, "duration", CelValue.OfDuration(0)),
    ];

    public static void AddTo(Declarations d)
    {
        var a = Parameter("A");
        foreach (var (type, name) in Comparable)
        {
            d.Member("isSorted", $"list_{name}_is_sorted_bool", [List(type)], Bool, IsSorted);
            d.Member("max", $"list_{name}_max_{name}", [List(type)], type, args => Extreme(args[0].AsList, "max", 1));
            d.Member("min", $"list_{name}_min_{name}", [List(type)], type, args => Extreme(args[0].AsList, "min", -1));
            d.Member("sort", $"list_{type.Name}_sort", [List(type)], List(type), args => Sort(args[0].AsList, args[0].AsList));
            d.Member("@sortByAssociatedKeys", $"list_{type.Name}_sortByAssociatedKeys", [List(a), List(type)], List(a), args => Sort(args[0].AsList, args[1].AsList));
        }

        foreach (var (type, name, zero) in Summable)
            d.Member("sum", $"list_{name}_sum_{name}", [List(type)], type, args => Sum(args[0].AsList, zero));
        d.Member("indexOf", "list_a_index_of_int", [List(a), a], Int, args => CelValue.Of(Find(args[0].AsList, args[1], step: 1)));
        d.Member("lastIndexOf", "list_a_last_index_of_int", [List(a), a], Int, args => CelValue.Of(Find(args[0].AsList, args[1], step: -1)));
        d.Member("slice", "list_slice", [List(a), Int, Int], List(a), args => Slice(args[0].AsList, args[1].AsInt, args[2].AsInt));
        d.Member("flatten", "list_flatten", [List(List(a))], List(a), args => Flatten(args[0].AsList, 1));
        d.Member("flatten", "list_flatten_int", [List(Dyn), Int], List(Dyn), args => Flatten(args[0].AsList, args[1].AsInt));
        d.Function("lists.range", "lists_range", [Int], List(Int), args => Range(args[0].AsInt));
        d.Member("reverse", "list_reverse", [List(a)], List(a), args => CelValue.Of(CelList.Of([.. args[0].AsList.ToArray().Reverse()])));
        d.Member("distinct", "list_distinct", [List(a)], List(a), args => Distinct(args[0].AsList));
    }

    private static CelValue IsSorted(ReadOnlySpan<CelValue> args)
    {
        var list = args[0].AsList;
        for (var i = 1; i < list.Count; i++)
        {
            var order = CelEquality.Compare(list[i - 1], list[i]);
            if (order is null)
                return Node.NoOverload;
            if (order > 0)
                return CelValue.False;
        }

        return CelValue.True;
    }

    private static CelValue Sum(CelList list, CelValue zero)
    {
        var sum = zero;
        for (var i = 0; i < list.Count && !sum.IsError; i++)
            sum = ArithmeticFunctions.Add([sum, list[i]]);
        return sum;
    }

    private static CelValue Extreme(CelList list, string name, int sign)
    {
        if (list.Count == 0)
            return CelValue.Error($"{name} called on empty list");
        var best = list[0];
        for (var i = 1; i < list.Count; i++)
        {
            if (CelEquality.Compare(list[i], best) is not { } order)
                return Node.NoOverload;
            if (Math.Sign(order) == sign)
                best = list[i];
        }

        return best;
    }

    private static long Find(CelList list, CelValue item, int step)
    {
        for (var i = step > 0 ? 0 : list.Count - 1; i >= 0 && i < list.Count; i += step)
        {
            if (list[i].Equals(item))
                return i;
        }

        return -1;
    }

    private static CelValue Slice(CelList list, long start, long end)
    {
        if (start < 0 || end < 0)
            return CelValue.Error($"cannot slice({start}, {end}), negative indexes not supported");
        if (start > end)
            return CelValue.Error($"cannot slice({start}, {end}), start index must be less than or equal to end index");
        return list.Count < end
            ? CelValue.Error($"cannot slice({start}, {end}), list is length {list.Count}")
            : CelValue.Of(CelList.Of(list.ToArray()[(int)start..(int)end]));
    }

    private static CelValue Flatten(CelList list, long depth)
    {
        if (depth < 0)
            return CelValue.Error("level must be non-negative");
        var items = new List<CelValue>();
        return Gather(list, depth, items) ? CelValue.Of(CelList.Of(items)) : CelValue.Error($"a list of more than {ArithmeticFunctions.MaxItems} items");
    }

    private static bool Gather(CelList list, long depth, List<CelValue> items)
    {
        for (var i = 0; i < list.Count; i++)
        {
            var item = list[i];
            if (item.Kind != CelKind.List || depth == 0)
                items.Add(item);
            else if (!Gather(item.AsList, depth - 1, items))
                return false;
            if (items.Count > ArithmeticFunctions.MaxItems)
                return false;
        }

        return true;
    }

    private static CelValue Range(long count) =>
        count > ArithmeticFunctions.MaxItems
            ? CelValue.Error($"a list of more than {ArithmeticFunctions.MaxItems} items")
            : CelValue.Of(new RangeList((int)Math.Max(0, count)));

    private static CelValue Distinct(CelList list)
    {
        var seen = new HashSet<CelValue>();
        return CelValue.Of(CelList.Of([.. list.ToArray().Where(seen.Add)]));
    }

    private static CelValue Sort(CelList list, CelList keys)
    {
        if (list.Count != keys.Count)
            return CelValue.Error($"@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got {list.Count} and {keys.Count} elements respectively");
        if (list.Count == 0)
            return CelValue.Of(list);
        var order = keys.ToArray();
        if (CelEquality.Compare(order[0], order[0]) is null && order[0].Kind != CelKind.Double)
            return CelValue.Error("list elements must be comparable");
        if (order.Any(k => k.Kind != order[0].Kind))
            return CelValue.Error("list elements must have the same type");
        var items = list.ToArray();
        var sorted = Enumerable.Range(0, items.Length).OrderBy(i => order[i], Comparer<CelValue>.Create((x, y) => CelEquality.Compare(x, y) ?? 0));
        return CelValue.Of(CelList.Of([.. sorted.Select(i => items[i])]));
    }

    /// <summary>Takes no memory, however long.</summary>
    private sealed class RangeList(int count) : CelList
    {
        public override int Count => count;

        public override CelValue this[int index] => CelValue.Of((long)index);
    }
}
