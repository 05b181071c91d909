namespace KubeSharp.Machinery.Cel;

/// <summary>What a loop runs over: the items of a list, or the keys of a map.</summary>
internal readonly struct Loop(CelValue range)
{
    public CelValue Problem => range.IsError ? range : range.Kind is CelKind.List or CelKind.Map ? default : CelValue.Error($"got '{range.TypeOf().Name}', expected iterable type");

    public IEnumerable<(CelValue First, CelValue Second)> Run()
    {
        if (range.Kind == CelKind.List)
        {
            var list = range.AsList;
            for (var i = 0; i < list.Count; i++)
                yield return (CelValue.Of((long)i), list[i]);
            yield break;
        }

        var map = range.AsMap;
        foreach (var key in map.Keys)
            yield return (key, map.TryGet(key, out var value) ? value : default);
    }

    public bool IsList => range.Kind == CelKind.List;
}

/// <summary>Where a loop keeps its variables.</summary>
/// <param name="Second">-1 if there is only one.</param>
internal readonly record struct LoopSlots(int Accumulator, int First, int Second)
{
    public void Set(Frame frame, bool isList, (CelValue First, CelValue Second) item)
    {
        if (Second < 0)
            frame.Slots[First] = isList ? item.Second : item.First;
        else
            (frame.Slots[First], frame.Slots[Second]) = item;
    }
}

/// <summary>The loop as macros write it.</summary>
internal sealed class FoldNode(Node range, LoopSlots slots, Node initial, Node condition, Node step, Node result) : Node
{
    public override CelValue Eval(Frame frame)
    {
        var loop = new Loop(range.Eval(frame));
        frame.Slots[slots.Accumulator] = initial.Eval(frame);
        if (loop.Problem is { IsError: true } problem)
            return problem;

        foreach (var item in loop.Run())
        {
            frame.Step();
            slots.Set(frame, loop.IsList, item);
            if (!condition.Eval(frame).IsTrue)
                break;
            frame.Slots[slots.Accumulator] = step.Eval(frame);
        }

        return result.Eval(frame);
    }
}

/// <summary>The loop of <c>map</c>, <c>filter</c> and <c>transformList</c>: collects instead of adding list to list, at the same cost.</summary>
internal sealed class CollectNode(Node range, LoopSlots slots, Node? filter, Node item) : Node
{
    public override CelValue Eval(Frame frame)
    {
        var loop = new Loop(range.Eval(frame));
        if (loop.Problem is { IsError: true } problem)
            return problem;

        var items = new List<CelValue>();
        foreach (var pair in loop.Run())
        {
            frame.Step();
            slots.Set(frame, loop.IsList, pair);
            if (filter is not null && filter.Eval(frame) is { IsTrue: false } refused)
            {
                if (!refused.IsFalse)
                    return refused.IsError ? refused : NoOverload;
                continue;
            }

            var value = item.Eval(frame);
            if (value.IsError)
                return value;
            frame.Charge(1 + ListNode.BaseCost + 1); // the accumulator, a list of one, their sum
            items.Add(value);
        }

        frame.Charge(ListNode.BaseCost + 1); // the empty list of the start, and the accumulator
        return Weights.Bounded(CelValue.Of(CelList.Of(items)));
    }
}

/// <summary>The loop of <c>transformMap</c> (with a key) and <c>transformMapEntry</c> (without).</summary>
internal sealed class CollectMapNode(Node range, LoopSlots slots, Node? filter, Node? key, Node item) : Node
{
    public override CelValue Eval(Frame frame)
    {
        var loop = new Loop(range.Eval(frame));
        if (loop.Problem is { IsError: true } problem)
            return problem;

        var map = new CelMapBuilder();
        foreach (var pair in loop.Run())
        {
            frame.Step();
            slots.Set(frame, loop.IsList, pair);
            if (filter is not null && filter.Eval(frame) is { IsTrue: false } refused)
            {
                if (!refused.IsFalse)
                    return refused.IsError ? refused : NoOverload;
                continue;
            }

            frame.Charge(2);
            var name = key?.Eval(frame) ?? default;
            var value = item.Eval(frame);
            if (name.IsError || value.IsError)
                return name.IsError ? name : value;
            if (key is not null ? Add(map, name, value) is { IsError: true } clash : AddAll(map, value, out clash))
                return clash;
        }

        frame.Charge(MapNode.BaseCost + 1);
        return Weights.Bounded(CelValue.Of(map.Build()));
    }

    private static CelValue Add(CelMapBuilder map, CelValue key, CelValue value) =>
        map.TryAdd(key, value) ? default : CelValue.Error($"insert failed: key {key} already exists");

    private static bool AddAll(CelMapBuilder map, CelValue entries, out CelValue problem)
    {
        problem = entries.Kind == CelKind.Map ? default : NoOverload;
        if (problem.IsError)
            return true;
        foreach (var key in entries.AsMap.Keys)
        {
            problem = Add(map, key, entries.AsMap.TryGet(key, out var value) ? value : default);
            if (problem.IsError)
                return true;
        }

        return false;
    }
}

/// <summary>A name for a value. An error is only met where the name is used.</summary>
internal sealed class BindNode(int slot, Node value, Node result) : Node
{
    public override CelValue Eval(Frame frame)
    {
        frame.Slots[slot] = value.Eval(frame);
        return result.Eval(frame);
    }
}
