namespace KubeSharp.Machinery.Cel;

/// <summary>What calls cost when they are made: upstream's model, in units of about 50 ns.</summary>
internal static class RuntimeCosts
{
    public const double TextFactor = 0.1;
    public const double PatternFactor = 0.25;

    /// <returns><see langword="null"/> if a call costs one unit.</returns>
    public static RuntimeCost? For(string function, string id) => id switch
    {
        "list_slice" or "lists_range" or "list_reverse" => (_, result) => Allocating(1, Sizes.Of(result)),
        "list_flatten" => (args, _) => Allocating(1, Sizes.Of(args[0])),
        "list_flatten_int" => (args, _) => Allocating(Math.Max(0, args[1].AsInt), Sizes.Of(args[0])),
        "list_distinct" => (args, _) => SelfCompared(args[0].AsList),
        "list_sets_contains_list" or "list_sets_intersects_list" => (args, _) => Crossed(args, 1),
        "list_sets_equivalent_list" => (args, _) => Crossed(args, 2),
        "cidr_ip" => null,
        _ when function == "sort" => (args, _) => SelfCompared(args[0].AsList),
        _ when function == "@sortByAssociatedKeys" => (args, _) => SelfCompared(args[1].AsList),
        _ => ByFunction(function, id),
    };

    private static RuntimeCost? ByFunction(string function, string id) => function switch
    {
        "check" => (_, _) => 350_000,
        "fieldSelector" or "labelSelector" => (args, _) => Selector(Sizes.Of(args[1])),
        "isSorted" or "sum" or "max" or "min" or "indexOf" or "lastIndexOf" or "includes" => (args, _) => Traversal(args[0]),
        "url" or "lowerAscii" or "upperAscii" or "substring" or "trim" or "jsonpatch.escapeKey"
            or "cidr" or "isIP" or "isCIDR" or "ip" or "quantity" or "isQuantity" or "semver" or "isSemver" => (args, _) => Text(args[0], 1),
        "replace" or "split" or "ip.isCanonical" => (args, _) => Text(args[0], 2),
        "join" => (_, result) => Text(result, 2),
        "find" or "findAll" => Pattern,
        "containsIP" => (args, _) => ContainsIp(args, id == "cidr_contains_ip_string"),
        "containsCIDR" => (args, _) => ContainsCidr(args, id == "cidr_contains_cidr_string"),
        "validate" => (args, _) => Scaled(1 + Sizes.Of(args[1]), TextFactor) * Scaled(FormatLibrary.PatternSize(args[0]), PatternFactor),
        _ => Standard(id),
    };

    private static RuntimeCost? Standard(string id) => id switch
    {
        "starts_with_string" or "ends_with_string" or "string_to_bytes" or "bytes_to_string" or "strings_quote" or "string_format" => (args, _) => Text(args[0], 1),
        "in_list" => (args, _) => Sizes.Of(args[1]),
        "equals" or "not_equals" => (args, _) => args[0].Kind == CelKind.Opaque ? 1 : Smaller(args),
        "less_string" or "greater_string" or "less_equals_string" or "greater_equals_string"
            or "less_bytes" or "greater_bytes" or "less_equals_bytes" or "greater_equals_bytes" => (args, _) => Smaller(args),
        "add_string" or "add_bytes" => (args, _) => Scaled(Sizes.Of(args[0]) + Sizes.Of(args[1]), TextFactor),
        "matches_string" => Pattern,
        "contains_string" => (args, _) => Text(args[0], 1) * Text(args[1], 1),
        _ => null,
    };

    private static ulong Scaled(ulong size, double factor) => (ulong)Math.Ceiling(size * factor);

    private static ulong Text(CelValue value, int times) => Scaled(Sizes.Of(value), times * TextFactor);

    private static ulong Smaller(ReadOnlySpan<CelValue> args) => Scaled(Math.Min(Sizes.Of(args[0]), Sizes.Of(args[1])), TextFactor);

    private static ulong Pattern(ReadOnlySpan<CelValue> args, CelValue result) =>
        Scaled(1 + Sizes.Of(args[0]), TextFactor) * Scaled(Sizes.Of(args[1]), PatternFactor);

    private static ulong Selector(ulong length) =>
        10 + Scaled(length, TextFactor) + Scaled(Scaled(length, 0.5), ListNode.BaseCost + 40);

    private static ulong ContainsIp(ReadOnlySpan<CelValue> args, bool parses)
    {
        var size = Sizes.Of(args[0]);
        return Scaled(size + size, TextFactor) + (parses ? Text(args[1], 1) : 0);
    }

    private static ulong ContainsCidr(ReadOnlySpan<CelValue> args, bool parses) => ContainsIp(args, parses) + Text(args[0], 1) + 1;

    private static ulong Allocating(double factor, ulong size) =>
        CelCostEstimate.Add(size * factor >= ulong.MaxValue ? ulong.MaxValue : (ulong)(size * factor), 1 + ListNode.BaseCost);

    private static ulong SelfCompared(CelList list)
    {
        var size = (ulong)list.Count;
        var factor = size > 0 && list[0].Kind is CelKind.Text or CelKind.Bytes ? 2 + TextFactor : 2;
        return Allocating(factor, CelCostEstimate.Multiply(size, size));
    }

    private static ulong Crossed(ReadOnlySpan<CelValue> args, ulong factor) =>
        CelCostEstimate.Add(1, CelCostEstimate.Multiply(Sizes.Of(args[0]) * Sizes.Of(args[1]), factor));

    /// <summary>One pass over a value as a tree.</summary>
    private static ulong Traversal(CelValue value)
    {
        switch (value.Kind)
        {
            case CelKind.Text or CelKind.Bytes:
                return (ulong)(Sizes.Of(value) * TextFactor);
            case CelKind.List:
                ulong cost = 0;
                for (var i = 0; i < value.AsList.Count; i++)
                    cost += Traversal(value.AsList[i]);
                return cost;
            case CelKind.Map:
                return value.AsMap.Keys.Aggregate(0UL, (sum, key) => sum + Traversal(key) + (value.AsMap.TryGet(key, out var item) ? Traversal(item) : 0));
            default:
                return 1;
        }
    }
}
