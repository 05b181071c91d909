using static KubeSharp.Machinery.Cel.CelType;

namespace KubeSharp.Machinery.Cel;

/// <summary>Kubernetes' quantities.</summary>
internal static class QuantityLibrary
{
    private static readonly CelType Type = Opaque("kubernetes.Quantity");

    public static void AddTo(Declarations d)
    {
        d.AddType(Type);
        d.Function("quantity", "string_to_quantity", [Text], Type, a => Quantity.TryParse(a[0].AsText, out var q) ? Make(q) : CelValue.Error(Quantity.FormatError));
        d.Function("isQuantity", "is_quantity_string", [Text], Bool, a => CelValue.Of(Quantity.TryParse(a[0].AsText, out _)));
        d.Function("sign", "quantity_sign", [Type], Int, Sign);
        d.Member("sign", "quantity_sign", [Type], Int, Sign);
        d.Member("isGreaterThan", "quantity_is_greater_than", [Type, Type], Bool, a => CelValue.Of(Of(a[0]) > Of(a[1])));
        d.Member("isLessThan", "quantity_is_less_than", [Type, Type], Bool, a => CelValue.Of(Of(a[0]) < Of(a[1])));
        d.Member("compareTo", "quantity_compare_to", [Type, Type], Int, a => CelValue.Of((long)Math.Sign(Of(a[0]).CompareTo(Of(a[1])))));
        d.Member("asApproximateFloat", "quantity_get_float", [Type], CelType.Double, a => CelValue.Of(Of(a[0]).AsDouble));
        d.Member("isInteger", "quantity_is_integer", [Type], Bool, a => CelValue.Of(IsInteger(Of(a[0]))));
        d.Member("asInteger", "quantity_get_int", [Type], Int, a => IsInteger(Of(a[0])) ? CelValue.Of(Of(a[0]).Value) : CelValue.Error("cannot convert value to integer"));
        d.Member("add", "quantity_add", [Type, Type], Type, a => Make(Of(a[0]) + Of(a[1])));
        d.Member("add", "quantity_add_int", [Type, Int], Type, a => Make(Of(a[0]) + Quantity.From(a[1].AsInt, QuantityFormat.DecimalExponent)));
        d.Member("sub", "quantity_sub", [Type, Type], Type, a => Make(Of(a[0]) - Of(a[1])));
        d.Member("sub", "quantity_sub_int", [Type, Int], Type, a => Make(Of(a[0]) - Quantity.From(a[1].AsInt, QuantityFormat.DecimalExponent)));
    }

    private static CelValue Sign(ReadOnlySpan<CelValue> args) => CelValue.Of((long)Of(args[0]).Sign);

    private static CelValue Make(Quantity quantity) => CelValue.Of(new QuantityValue(quantity));

    private static Quantity Of(CelValue value) => ((QuantityValue)value.AsOpaque).Quantity;

    /// <summary>A whole number below the largest the API's range has; Value rounds, and stops at the ends of the range.</summary>
    private static bool IsInteger(Quantity quantity) => Quantity.From(quantity.Value) == quantity && quantity.Value is > long.MinValue and < long.MaxValue;

    private sealed class QuantityValue(Quantity quantity) : CelOpaque
    {
        public Quantity Quantity { get; } = quantity;

        public override CelType Type => QuantityLibrary.Type;

        public override string Text => Quantity.ToString();

        public override bool IsEqual(CelOpaque other) => Quantity == ((QuantityValue)other).Quantity;
    }
}
