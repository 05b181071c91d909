namespace KubeSharp.Machinery.Cel;

/// <summary>
/// How large values are, as trees. A value is shared wherever it is used, so a short expression can make one that is small in
/// memory and endless to walk: <c>[1].map(a, [a, a]).map(b, [b, b])…</c>. Such values are refused when they are made.
/// </summary>
internal static class Weights
{
    /// <summary>Beyond any document of a request.</summary>
    private const ulong Max = 1_000_000;

    /// <summary>The number of nodes; parts of documents count with their own level only.</summary>
    public static ulong Of(CelValue value) => value.Kind switch
    {
        CelKind.Text => 1 + (ulong)value.AsText.Length / 16,
        CelKind.Bytes => 1 + (ulong)value.AsBytes.Length / 16,
        CelKind.List => value.AsList.Weight,
        CelKind.Map => value.AsMap.Weight,
        CelKind.Object => value.AsObject.Weight,
        CelKind.Optional => value.TryGetOptional(out var held) ? 1 + Of(held) : 1,
        _ => 1,
    };

    /// <summary>The value, or an error if it is too large.</summary>
    public static CelValue Bounded(CelValue value) => Of(value) <= Max ? value : CelValue.Error("the value is too large");
}
