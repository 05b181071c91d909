namespace KubeSharp.Machinery;

public enum SelectorOperator
{
    In,
    NotIn,
    Exists,
    DoesNotExist,
    GreaterThan,
    LessThan,
}

/// <summary>One condition of a label selector.</summary>
public sealed record Requirement(string Key, SelectorOperator Operator, IReadOnlyList<string> Values)
{
    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        var has = labels.TryGetValue(Key, out var value);
        return Operator switch
        {
            SelectorOperator.In => has && Values.Contains(value!),
            SelectorOperator.NotIn => !has || !Values.Contains(value!),
            SelectorOperator.Exists => has,
            SelectorOperator.DoesNotExist => !has,
            _ => has && long.TryParse(value, out var left) && long.TryParse(Values[0], out var right)
                && (Operator == SelectorOperator.GreaterThan ? left > right : left < right),
        };
    }

    public override string ToString() => Operator switch
    {
        SelectorOperator.In when Values.Count == 1 => $"{Key}={Values[0]}",
        SelectorOperator.NotIn when Values.Count == 1 => $"{Key}!={Values[0]}",
        SelectorOperator.In => $"{Key} in ({string.Join(',', Values.Order(StringComparer.Ordinal))})",
        SelectorOperator.NotIn => $"{Key} notin ({string.Join(',', Values.Order(StringComparer.Ordinal))})",
        SelectorOperator.Exists => Key,
        SelectorOperator.DoesNotExist => $"!{Key}",
        SelectorOperator.GreaterThan => $"{Key}>{Values[0]}",
        _ => $"{Key}<{Values[0]}",
    };
}

/// <summary>A label selector: all its requirements must hold. Immutable.</summary>
public sealed class Selector(IReadOnlyList<Requirement> requirements)
{
    public static Selector Everything { get; } = new([]);

    /// <summary>Matches no object: Go's nil <c>LabelSelector</c>.</summary>
    public static Selector Nothing { get; } = new([]) { IsNothing = true };

    public IReadOnlyList<Requirement> Requirements { get; } = requirements;

    public bool IsNothing { get; private init; }

    public bool IsEverything => !IsNothing && Requirements.Count == 0;

    /// <summary>The selector object of an API field; absent selects nothing, an empty one everything.</summary>
    public static Selector Of(LabelSelector? selector)
    {
        if (selector is null)
            return Nothing;

        return new(
        [
            .. selector.MatchLabels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => new Requirement(l.Key, SelectorOperator.In, [l.Value])),
            .. selector.MatchExpressions.Select(e => new Requirement(e.Key, OperatorOf(e.Operator), e.Values)),
        ]);
    }

    /// <summary>A plain map (a Service's, a ReplicationController's); empty selects everything, callers decide what they mean by it.</summary>
    public static Selector Of(IReadOnlyDictionary<string, string> labels) =>
        new([.. labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => new Requirement(l.Key, SelectorOperator.In, [l.Value]))]);

    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        if (IsNothing)
            return false;

        foreach (var requirement in Requirements)
        {
            if (!requirement.Matches(labels))
                return false;
        }

        return true;
    }

    public override string ToString() => string.Join(',', Requirements);

    private static SelectorOperator OperatorOf(string name) => name switch
    {
        "In" => SelectorOperator.In,
        "NotIn" => SelectorOperator.NotIn,
        "Exists" => SelectorOperator.Exists,
        "DoesNotExist" => SelectorOperator.DoesNotExist,
        _ => throw new FormatException($"\"{name}\" is not a valid label selector operator"),
    };
}
