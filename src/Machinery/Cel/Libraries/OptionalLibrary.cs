using static KubeSharp.Machinery.Cel.CelType;

namespace KubeSharp.Machinery.Cel;

/// <summary>Optional values, and <c>sets</c>: small extensions of the language that Kubernetes always has.</summary>
internal static class OptionalLibrary
{
    public static void AddTo(Declarations d)
    {
        var (key, value) = (Parameter("K"), Parameter("V"));
        var (optional, list, map) = (Optional(value), List(value), Map(key, value));
        CelFunction planned = _ => Node.NoOverload; // these have nodes of their own
        d.Function("optional.of", "optional_of", [value], optional, a => CelValue.Some(a[0]));
        d.Function("optional.ofNonZeroValue", "optional_ofNonZeroValue", [value], optional, a => IsZero(a[0]) ? CelValue.None : CelValue.Some(a[0]));
        d.Function("optional.none", "optional_none", [], optional, _ => CelValue.None);
        d.Function("optional.unwrap", "optional_unwrap", [List(optional)], list, a => Unwrap(a[0].AsList));
        d.Member("unwrapOpt", "optional_unwrapOpt", [List(optional)], list, a => Unwrap(a[0].AsList));
        d.Member("value", "optional_value", [optional], value, a => a[0].TryGetOptional(out var held) ? held : CelValue.Error("optional.none() dereference"));
        d.Member("hasValue", "optional_hasValue", [optional], Bool, a => CelValue.Of(a[0].TryGetOptional(out _)));
        d.Member("or", "optional_or_optional", [optional, optional], optional, planned);
        d.Member("orValue", "optional_orValue_value", [optional, value], value, planned);
        d.Member("first", "list_first", [list], optional, a => a[0].AsList.Count == 0 ? CelValue.None : CelValue.Some(a[0].AsList[0]));
        d.Member("last", "list_last", [list], optional, a => a[0].AsList.Count == 0 ? CelValue.None : CelValue.Some(a[0].AsList[^1]));
        d.Function("_?._", "select_optional_field", [Dyn, Text], optional, planned);
        d.Function("_[?_]", "list_optindex_optional_int", [list, Int], optional, planned);
        d.Function("_[?_]", "optional_list_optindex_optional_int", [Optional(list), Int], optional, planned);
        d.Function("_[?_]", "map_optindex_optional_value", [map, key], optional, planned);
        d.Function("_[?_]", "optional_map_optindex_optional_value", [Optional(map), key], optional, planned);
        d.Function("_[_]", "optional_list_index_int", [Optional(list), Int], optional, planned);
        d.Function("_[_]", "optional_map_index_value", [Optional(map), key], optional, planned);

        d.Function("cel.@mapInsert", "@mapInsert_map_key_value", [map, key, value], map, planned);
        d.Function("cel.@mapInsert", "@mapInsert_map_map", [map, map], map, planned);

        d.Function("sets.contains", "list_sets_contains_list", [list, list], Bool, a => CelValue.Of(Contains(a[0].AsList, a[1].AsList)));
        d.Function("sets.equivalent", "list_sets_equivalent_list", [list, list], Bool, a => CelValue.Of(Contains(a[0].AsList, a[1].AsList) && Contains(a[1].AsList, a[0].AsList)));
        d.Function("sets.intersects", "list_sets_intersects_list", [list, list], Bool, a => CelValue.Of(Intersects(a[0].AsList, a[1].AsList)));
    }

    private static bool IsZero(CelValue value) => value.Kind switch
    {
        CelKind.Null => true,
        CelKind.Bool => !value.AsBool,
        CelKind.Int => value.AsInt == 0,
        CelKind.Uint => value.AsUint == 0,
        CelKind.Double => value.AsDouble == 0,
        CelKind.Duration => value.AsDuration == 0,
        CelKind.Timestamp => value.AsTimestamp == new CelTimestamp(CelTimestamp.MinSeconds, 0),
        CelKind.Text or CelKind.Bytes or CelKind.List or CelKind.Map or CelKind.Object => Sizes.Of(value) == 0,
        CelKind.Optional => !value.TryGetOptional(out _),
        _ => false,
    };

    private static CelValue Unwrap(CelList list)
    {
        var items = new List<CelValue>();
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i].Kind != CelKind.Optional)
                return CelValue.Error($"value {list[i]} is not optional");
            if (list[i].TryGetOptional(out var held))
                items.Add(held);
        }

        return CelValue.Of(CelList.Of(items));
    }

    private static bool Contains(CelList list, CelList part)
    {
        var items = list.ToArray().ToHashSet();
        return part.ToArray().All(items.Contains);
    }

    private static bool Intersects(CelList a, CelList b)
    {
        var items = a.ToArray().ToHashSet();
        return b.ToArray().Any(items.Contains);
    }
}
