using static KubeSharp.Machinery.Cel.RuntimeCosts;

namespace KubeSharp.Machinery.Cel;

/// <summary>What single functions are estimated to cost, and how large what they give may be.</summary>
internal static class CallEstimates
{
    private static readonly CelCostEstimate One = CelCostEstimate.Fixed(1);

    public static (CelCostEstimate Cost, CelCostEstimate? Size)? Find(CallExpr call, string id, StaticCost sizes) =>
        Lists(call, id, sizes) ?? Texts(call, id, sizes) ?? Kubernetes(call, id, sizes) ?? Standard(call, id, sizes);

    private static (CelCostEstimate, CelCostEstimate?)? Lists(CallExpr call, string id, StaticCost sizes)
    {
        switch (id)
        {
            case "list_slice":
                var end = Literal(call.Args[1], sizes.SizeOrUnknown(call.Target!).Max);
                return Allocating(1, CelCostEstimate.Fixed(unchecked(end - Literal(call.Args[0], 0))));
            case "lists_range":
                return Allocating(1, CelCostEstimate.Fixed(Literal(call.Args[0], ulong.MaxValue)));
            case "list_reverse" or "list_flatten":
                return Allocating(1, sizes.SizeOrUnknown(call.Target!));
            case "list_flatten_int":
                return Allocating(Literal(call.Args[0], ulong.MaxValue), sizes.SizeOrUnknown(call.Target!));
            case "list_distinct":
                return Squared(sizes.SizeOrUnknown(call.Target!), isText: false);
            case "list_sets_contains_list" or "list_sets_intersects_list" or "list_sets_equivalent_list":
                var crossed = (sizes.SizeOrUnknown(call.Args[0]) * sizes.SizeOrUnknown(call.Args[1])).Times(id == "list_sets_equivalent_list" ? 2 : 1);
                return (crossed + One, null);
        }

        return call.Function switch
        {
            "sort" => Squared(sizes.SizeOrUnknown(call.Target!), id is "list_string_sort" or "list_bytes_sort"),
            "@sortByAssociatedKeys" => Squared(sizes.SizeOrUnknown(call.Args[0]), id is "list_string_sortByAssociatedKeys" or "list_bytes_sortByAssociatedKeys"),
            "isSorted" or "sum" or "max" or "min" or "indexOf" or "lastIndexOf" or "includes" when call.Target is { } target => Searched(target, call.Function, sizes),
            _ => null,
        };
    }

    private static (CelCostEstimate, CelCostEstimate?)? Searched(Expr target, string function, StaticCost sizes)
    {
        var size = sizes.SizeOrUnknown(target);
        if (target.Type.Parameters.Count == 0)
            return (function == "includes" ? size : size.Times(TextFactor), null);
        var each = target.Type.Parameters[0].Kind is CelKind.Text or CelKind.Bytes ? One + sizes.DeclaredItemSize(target).Times(TextFactor) : One;
        return (size * each, null);
    }

    private static (CelCostEstimate, CelCostEstimate?)? Texts(CallExpr call, string id, StaticCost sizes)
    {
        switch (call.Function)
        {
            case "url" or "jsonpatch.escapeKey" when call.Args.Count == 1:
                return (Read(call.Args[0]), sizes.SizeOrUnknown(call.Args[0]));
            case "lowerAscii" or "upperAscii" or "substring" or "trim" when call.Target is not null:
                return (Read(call.Target), sizes.SizeOrUnknown(call.Target));
            case "replace" when call.Target is not null && call.Args.Count >= 2:
                return (Read(call.Target, 2), Replaced(sizes.SizeOrUnknown(call.Target), sizes.SizeOrUnknown(call.Args[0]), sizes.SizeOrUnknown(call.Args[1])));
            case "split" when call.Target is not null:
                var most = call.Args is [_, LiteralExpr { Value: { Kind: CelKind.Int } limit }] ? unchecked((ulong)limit.AsInt) : sizes.SizeOrUnknown(call.Target).Max;
                return (Read(call.Target, 2), new(0, most));
            case "join" when call.Target is not null:
                var joined = Joined(call, sizes);
                return (joined.Times(TextFactor), joined);
            case "find" or "findAll" when call.Target is not null:
                return (Matched(call.Target, call.Args[0], sizes), new(0, sizes.SizeOrUnknown(call.Target).Max));
            default:
                return id is "matches_string" ? (Matched(call.Target!, call.Args[0], sizes), null) : null;
        }

        CelCostEstimate Read(Expr text, int times = 1) => sizes.SizeOrUnknown(text).Times(times * TextFactor);
    }

    /// <summary>Strings times patterns; the length of a pattern stands for the states it has.</summary>
    private static CelCostEstimate Matched(Expr text, Expr pattern, StaticCost sizes) =>
        (sizes.SizeOrUnknown(text) + One).Times(TextFactor) * sizes.SizeOrUnknown(pattern).Times(PatternFactor);

    private static CelCostEstimate Joined(CallExpr call, StaticCost sizes)
    {
        var list = sizes.SizeOrUnknown(call.Target!);
        var size = call.Target!.Type.Parameters.Count > 0 ? list * sizes.DeclaredItemSize(call.Target) : default;
        return call.Args.Count == 0
            ? size
            : size + sizes.SizeOrUnknown(call.Args[0]) * new CelCostEstimate(list.Min > 0 ? list.Min - 1 : 0, list.Max > 0 ? list.Max - 1 : 0);
    }

    /// <summary>How long a text may be once parts of it are replaced.</summary>
    private static CelCostEstimate Replaced(CelCostEstimate text, CelCostEstimate old, CelCostEstimate with)
    {
        ulong maxCount, maxKept = 0, minCount, minKept = 0;
        if (old.Min == 0)
            (maxCount, maxKept) = (CelCostEstimate.Add(text.Max, 1), text.Max);
        else if (with.Max <= old.Min)
            (maxCount, maxKept) = (0, text.Max);
        else
            maxCount = Quotient(text.Max, old.Min);

        if (old.Max == 0)
            (minCount, minKept) = (CelCostEstimate.Add(text.Min, 1), text.Min);
        else if (old.Max <= with.Min)
            (minCount, minKept) = (0, text.Min);
        else
            minCount = Quotient(text.Min, old.Max);
        return new CelCostEstimate(minCount, maxCount) * with + new CelCostEstimate(minKept, maxKept);

        static ulong Quotient(ulong a, ulong b) => a / b + (a % b == 0 ? 0UL : 1UL);
    }

    private static (CelCostEstimate, CelCostEstimate?)? Kubernetes(CallExpr call, string id, StaticCost sizes)
    {
        var address = new CelCostEstimate(4, 16);
        switch (call.Function)
        {
            case "check":
                return (CelCostEstimate.Fixed(350_000), null);
            case "fieldSelector" or "labelSelector" when call.Args.Count == 1:
                var length = sizes.SizeOrUnknown(call.Args[0]);
                return (CelCostEstimate.Fixed(10) + length.Times(TextFactor) + length.Times(0.5).Times(50), null);
            case "ip" when id == "cidr_ip":
                return (One, null);
            case "ip" or "cidr" or "isIP" or "isCIDR" or "quantity" or "isQuantity" or "semver" or "isSemver" when call.Args.Count > 0:
                return (sizes.SizeOrUnknown(call.Args[0]).Times(TextFactor), null);
            case "ip.isCanonical":
                return (sizes.SizeOrUnknown(call.Args[0]).Times(2 * TextFactor), null);
            case "containsIP" or "containsCIDR":
                var cost = (address + address).Times(TextFactor);
                if (call.Function == "containsCIDR")
                    cost += address.Times(TextFactor) + One;
                return (id.EndsWith("_string", StringComparison.Ordinal) ? cost + sizes.SizeOrUnknown(call.Args[0]).Times(TextFactor) : cost, null);
            case "validate":
                return (sizes.SizeOrUnknown(call.Args[0]).Times(TextFactor).Times(128 * PatternFactor), null);
            case "_==_" when call.Args[0].Type is { Kind: CelKind.Opaque } type && type.Is(call.Args[1].Type):
                return type.Name switch
                {
                    "kubernetes.NamedFormat" => (new CelCostEstimate(1, 64).Times(TextFactor), null),
                    "kubernetes.URL" => (new CelCostEstimate(1, sizes.SizeOrUnknown(call.Args[1]).Max).Times(TextFactor), null),
                    _ => (One, null),
                };
            default:
                return null;
        }
    }

    private static (CelCostEstimate, CelCostEstimate?)? Standard(CallExpr call, string id, StaticCost sizes)
    {
        switch (id)
        {
            case "string_format":
                return (sizes.SizeOrUnknown(call.Target!).Times(TextFactor), null);
            case "string_to_bytes":
                var text = sizes.SizeOrUnknown(call.Args[0]);
                return (text.Times(TextFactor), new(text.Min, CelCostEstimate.Multiply(text.Max, 4)));
            case "bytes_to_string":
                var bytes = sizes.SizeOrUnknown(call.Args[0]);
                return (bytes.Times(TextFactor), new(bytes.Min / 4, bytes.Max));
            case "strings_quote":
                var plain = sizes.SizeOrUnknown(call.Args[0]);
                var two = CelCostEstimate.Fixed(2);
                return (plain.Times(TextFactor), new CelCostEstimate(plain.Min, CelCostEstimate.Multiply(plain.Max, 2)) + two);
            case "starts_with_string" or "ends_with_string":
                return (sizes.SizeOrUnknown(call.Args[0]).Times(TextFactor), null);
            case "in_list":
                return (sizes.SizeOrUnknown(call.Args[1]).Times(1), null);
            case "contains_string":
                return (sizes.SizeOrUnknown(call.Target!).Times(TextFactor) * sizes.SizeOrUnknown(call.Args[0]).Times(TextFactor), null);
            case "equals" or "not_equals"
                or "less_string" or "greater_string" or "less_equals_string" or "greater_equals_string"
                or "less_bytes" or "greater_bytes" or "less_equals_bytes" or "greater_equals_bytes":
                var smaller = Math.Min(sizes.SizeOrUnknown(call.Args[0]).Max, sizes.SizeOrUnknown(call.Args[1]).Max);
                return (new CelCostEstimate(smaller > 0 ? 1UL : 0, smaller).Times(TextFactor), null);
            default:
                return null;
        }
    }

    private static ulong Literal(Expr expr, ulong otherwise) =>
        expr is LiteralExpr { Value: { Kind: CelKind.Int } value } ? (ulong)Math.Max(0, value.AsInt) : otherwise;

    private static (CelCostEstimate, CelCostEstimate?) Allocating(double factor, CelCostEstimate size) =>
        (size.Times(factor) + CelCostEstimate.Fixed(1 + ListNode.BaseCost), size);

    private static (CelCostEstimate, CelCostEstimate?) Squared(CelCostEstimate size, bool isText) => Allocating(isText ? 2 + TextFactor : 2, size * size);
}
