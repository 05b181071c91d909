using System.Globalization;

namespace KubeSharp.Machinery.Cel;

/// <summary>Finds fields, keys and items.</summary>
internal static class Access
{
    /// <returns><see langword="false"/> if there is no such thing; <paramref name="value"/> is then the error that says so.</returns>
    public static bool TryField(CelValue operand, string field, CelValue key, out CelValue value)
    {
        var found = operand.Kind switch
        {
            CelKind.Map => operand.AsMap.TryGet(key, out value),
            CelKind.Object => operand.AsObject.TryGet(field, out value),
            _ => Fail(Node.NoOverload, out value),
        };
        if (!found && !value.IsError)
            value = CelValue.Error($"no such key: {field}");
        return found;
    }

    public static bool TryIndex(CelValue operand, CelValue index, out CelValue value)
    {
        switch (operand.Kind)
        {
            case CelKind.List:
                if (Whole(index) is not { } i)
                    return Fail(CelValue.Error($"unsupported index type '{index.TypeOf().Name}' in list"), out value);
                var list = operand.AsList;
                if (i < 0 || i >= list.Count)
                    return Fail(CelValue.Error($"index out of bounds: {i}"), out value);
                value = list[(int)i];
                return true;
            case CelKind.Map:
                if (operand.AsMap.TryGet(index, out value))
                    return true;
                return Fail(CelValue.Error($"no such key: {index}"), out value);
            case CelKind.Object when index.Kind == CelKind.Text:
                return TryField(operand, index.AsText, index, out value);
            default:
                return Fail(Node.NoOverload, out value);
        }
    }

    /// <summary>Applies <paramref name="find"/> to what an optional holds; the result is optional again.</summary>
    public static CelValue Optional(CelValue operand, Func<CelValue, (bool Found, CelValue Value)> find)
    {
        if (operand.Kind == CelKind.Optional)
        {
            if (!operand.TryGetOptional(out operand))
                return CelValue.None;
        }

        var (found, value) = find(operand);
        if (found)
            return value.IsError ? value : CelValue.Some(value);

        // Absence is an empty optional; an operand that has no fields at all is still an error.
        return operand.Kind is CelKind.Map or CelKind.Object || (operand.Kind == CelKind.List && value.AsError.Message.StartsWith("index", StringComparison.Ordinal)) ? CelValue.None : value;
    }

    private static long? Whole(CelValue index) => index.Kind switch
    {
        CelKind.Int => index.AsInt,
        CelKind.Uint => index.AsUint <= int.MaxValue ? (long)index.AsUint : long.MaxValue,
        CelKind.Double when index.AsDouble == Math.Floor(index.AsDouble) && Math.Abs(index.AsDouble) < 1e15 => (long)index.AsDouble,
        _ => null,
    };

    private static bool Fail(CelValue error, out CelValue value)
    {
        value = error;
        return false;
    }
}

/// <param name="isRelative">The operand is no path from a variable: upstream's attribute costs one more.</param>
internal sealed class SelectNode(Node operand, string field, bool isRelative) : Node
{
    private readonly CelValue _key = CelValue.Of(field);
    private readonly ulong _cost = isRelative ? 2UL : 1UL;

    public override CelValue Eval(Frame frame)
    {
        var target = operand.Eval(frame);
        frame.Charge(_cost);
        if (target.IsError)
            return target;
        if (target.Kind == CelKind.Optional)
            return Access.Optional(target, t => (Access.TryField(t, field, _key, out var held), held));
        Access.TryField(target, field, _key, out var value);
        return value;
    }
}

/// <summary><c>has(operand.field)</c>: costs nothing, by upstream's compatibility option.</summary>
internal sealed class TestNode(Node operand, string field) : Node
{
    private readonly CelValue _key = CelValue.Of(field);

    public override CelValue Eval(Frame frame)
    {
        var target = operand.Eval(frame);
        if (target.IsError)
            return target;
        if (target.Kind == CelKind.Optional && !target.TryGetOptional(out target))
            return CelValue.False;
        if (target.Kind is not (CelKind.Map or CelKind.Object))
            return NoOverload;
        return CelValue.Of(Access.TryField(target, field, _key, out _));
    }
}

internal sealed class OptionalSelectNode(Node operand, string field) : Node
{
    private readonly CelValue _key = CelValue.Of(field);

    public override CelValue Eval(Frame frame)
    {
        var target = operand.Eval(frame);
        frame.Charge(1);
        return target.IsError ? target : Access.Optional(target, t => (Access.TryField(t, field, _key, out var value), value));
    }
}

internal sealed class IndexNode(Node operand, Node index, bool isOptional, ulong cost) : Node
{
    public override CelValue Eval(Frame frame)
    {
        var target = operand.Eval(frame);
        var key = index.Eval(frame);
        frame.Charge(cost);
        if (target.IsError)
            return target;
        if (key.IsError)
            return key;
        if (isOptional || target.Kind == CelKind.Optional)
            return Access.Optional(target, t => (Access.TryIndex(t, key, out var held), held));
        Access.TryIndex(target, key, out var value);
        return value;
    }
}

internal sealed class ListNode((Node Value, bool IsOptional)[] elements) : Node
{
    public const ulong BaseCost = 10;

    public override CelValue Eval(Frame frame)
    {
        var items = new List<CelValue>(elements.Length);
        foreach (var (node, isOptional) in elements)
        {
            var value = node.Eval(frame);
            if (value.IsError)
                return value;
            if (!isOptional)
                items.Add(value);
            else if (value.Kind != CelKind.Optional)
                return CelValue.Error($"cannot initialize optional list element from non-optional value {value}");
            else if (value.TryGetOptional(out var held))
                items.Add(held);
        }

        frame.Charge(BaseCost);
        return Weights.Bounded(CelValue.Of(CelList.Of(items)));
    }
}

internal sealed class MapNode((Node Key, Node Value, bool IsOptional)[] entries) : Node
{
    public const ulong BaseCost = 30;

    public override CelValue Eval(Frame frame)
    {
        var map = new CelMapBuilder();
        foreach (var (keyNode, valueNode, isOptional) in entries)
        {
            var key = keyNode.Eval(frame);
            if (key.IsError)
                return key;
            var value = valueNode.Eval(frame);
            if (value.IsError)
                return value;
            if (isOptional)
            {
                if (value.Kind != CelKind.Optional)
                    return CelValue.Error($"cannot initialize optional entry '{key}' from non-optional value {value}");
                if (!value.TryGetOptional(out value))
                    continue;
            }

            if (!CelMapBuilder.IsKey(key))
                return CelValue.Error($"unsupported key type: {key.TypeOf().Name}");
            if (!map.TryAdd(key, value))
                return CelValue.Error($"Failed with repeated key: {key}");
        }

        frame.Charge(BaseCost);
        return Weights.Bounded(CelValue.Of(map.Build()));
    }
}

internal sealed class StructNode(CelType type, (string Name, Node Value, bool IsOptional)[] fields) : Node
{
    public override CelValue Eval(Frame frame)
    {
        var values = new Dictionary<string, CelValue>(fields.Length, StringComparer.Ordinal);
        foreach (var (name, node, isOptional) in fields)
        {
            var value = node.Eval(frame);
            if (value.IsError)
                return value;
            if (isOptional)
            {
                if (value.Kind != CelKind.Optional)
                    return CelValue.Error($"cannot initialize optional entry '{name}' from non-optional value {value}");
                if (!value.TryGetOptional(out value))
                    continue;
            }

            if (type.FindField(name) is not { } field)
                return CelValue.Error(string.Create(CultureInfo.InvariantCulture, $"no such field: {name}"));
            values[field.Name] = value;
        }

        frame.Charge(40);
        return Weights.Bounded(CelValue.Of(new MadeObject(type, values)));
    }
}
