namespace KubeSharp.Machinery.Cel;

/// <summary>Equality and order across the numeric types.</summary>
internal static class CelEquality
{
    public static bool AreEqual(CelValue a, CelValue b)
    {
        if (a.Kind != b.Kind)
            return IsNumber(a.Kind) && IsNumber(b.Kind) && CompareNumbers(a, b) == 0;

        return a.Kind switch
        {
            CelKind.Null => true,
            CelKind.Bool => a.AsBool == b.AsBool,
            CelKind.Int => a.AsInt == b.AsInt,
            CelKind.Uint => a.AsUint == b.AsUint,
            CelKind.Double => a.AsDouble == b.AsDouble,
            CelKind.Text => a.AsText == b.AsText,
            CelKind.Bytes => a.AsBytes.Span.SequenceEqual(b.AsBytes.Span),
            CelKind.Duration => a.AsDuration == b.AsDuration,
            CelKind.Timestamp => a.AsTimestamp == b.AsTimestamp,
            CelKind.List => a.AsList.IsEqual(b.AsList),
            CelKind.Map => a.AsMap.IsEqual(b.AsMap),
            CelKind.Object => a.AsObject.IsEqual(b.AsObject),
            CelKind.Type => a.AsType.Name == b.AsType.Name,
            CelKind.Optional => OptionalsEqual(a, b),
            CelKind.Opaque => a.AsOpaque.Type.Name == b.AsOpaque.Type.Name && a.AsOpaque.IsEqual(b.AsOpaque),
            _ => false,
        };
    }

    /// <summary>The order of two values.</summary>
    /// <returns><see langword="null"/> if they have none: NaN, or types that do not compare.</returns>
    public static int? Compare(CelValue a, CelValue b)
    {
        if (IsNumber(a.Kind) && IsNumber(b.Kind))
            return CompareNumbers(a, b);
        if (a.Kind != b.Kind)
            return null;

        return a.Kind switch
        {
            CelKind.Bool => a.AsBool.CompareTo(b.AsBool),
            CelKind.Text => CompareTexts(a.AsText, b.AsText),
            CelKind.Bytes => Math.Sign(a.AsBytes.Span.SequenceCompareTo(b.AsBytes.Span)),
            CelKind.Duration => a.AsDuration.CompareTo(b.AsDuration),
            CelKind.Timestamp => a.AsTimestamp.CompareTo(b.AsTimestamp),
            _ => null,
        };
    }

    /// <summary>Equal values hash alike: every number by the double nearest to it.</summary>
    public static int Hash(CelValue value) => value.Kind switch
    {
        CelKind.Bool => value.AsBool ? 1 : 2,
        CelKind.Int => ((double)value.AsInt).GetHashCode(),
        CelKind.Uint => ((double)value.AsUint).GetHashCode(),
        CelKind.Double => (value.AsDouble + 0.0).GetHashCode(),
        CelKind.Text => value.AsText.GetHashCode(StringComparison.Ordinal),
        CelKind.Duration => value.AsDuration.GetHashCode(),
        CelKind.Timestamp => value.AsTimestamp.GetHashCode(),
        _ => (int)value.Kind,
    };

    public static bool IsNumber(CelKind kind) => kind is CelKind.Int or CelKind.Uint or CelKind.Double;

    private static bool OptionalsEqual(CelValue a, CelValue b)
    {
        var left = a.TryGetOptional(out var x);
        var right = b.TryGetOptional(out var y);
        return left == right && (!left || AreEqual(x, y));
    }

    /// <summary>By code points, as UTF-8 orders them; UTF-16 puts U+E000 to U+FFFF behind the surrogates.</summary>
    private static int CompareTexts(string a, string b)
    {
        var same = a.AsSpan().CommonPrefixLength(b);
        if (same == a.Length || same == b.Length)
            return a.Length.CompareTo(b.Length);
        var (x, y) = (a[same], b[same]);
        return char.IsSurrogate(x) != char.IsSurrogate(y) ? (char.IsSurrogate(x) ? 1 : -1) : x.CompareTo(y);
    }

    private static int? CompareNumbers(CelValue a, CelValue b) => (a.Kind, b.Kind) switch
    {
        (CelKind.Int, CelKind.Int) => a.AsInt.CompareTo(b.AsInt),
        (CelKind.Uint, CelKind.Uint) => a.AsUint.CompareTo(b.AsUint),
        (CelKind.Double, CelKind.Double) => CompareDoubles(a.AsDouble, b.AsDouble),
        (CelKind.Int, CelKind.Uint) => a.AsInt < 0 ? -1 : ((ulong)a.AsInt).CompareTo(b.AsUint),
        (CelKind.Uint, CelKind.Int) => b.AsInt < 0 ? 1 : a.AsUint.CompareTo((ulong)b.AsInt),
        (CelKind.Double, _) => CompareDoubles(a.AsDouble, AsDouble(b)),
        _ => CompareDoubles(AsDouble(a), b.AsDouble),
    };

    /// <summary>Large whole numbers lose digits in comparisons with doubles, upstream too.</summary>
    private static double AsDouble(CelValue value) => value.Kind == CelKind.Int ? value.AsInt : value.AsUint;

    private static int? CompareDoubles(double a, double b) => double.IsNaN(a) || double.IsNaN(b) ? null : a.CompareTo(b);
}
