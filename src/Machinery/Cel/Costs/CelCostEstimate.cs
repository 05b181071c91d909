namespace KubeSharp.Machinery.Cel;

/// <summary>A range of costs or of sizes; sums and products stop at the largest number.</summary>
public readonly record struct CelCostEstimate(ulong Min, ulong Max)
{
    public static CelCostEstimate Unknown { get; } = new(0, ulong.MaxValue);

    public static CelCostEstimate Fixed(ulong value) => new(value, value);

    public static CelCostEstimate operator +(CelCostEstimate a, CelCostEstimate b) => new(Add(a.Min, b.Min), Add(a.Max, b.Max));

    public static CelCostEstimate operator *(CelCostEstimate a, CelCostEstimate b) => new(Multiply(a.Min, b.Min), Multiply(a.Max, b.Max));

    public CelCostEstimate Times(double factor) => new(Multiply(Min, factor), Multiply(Max, factor));

    public CelCostEstimate Union(CelCostEstimate other) => new(Math.Min(Min, other.Min), Math.Max(Max, other.Max));

    internal static ulong Add(ulong a, ulong b) => a > ulong.MaxValue - b ? ulong.MaxValue : a + b;

    internal static ulong Multiply(ulong a, ulong b) => b != 0 && a > ulong.MaxValue / b ? ulong.MaxValue : a * b;

    private static ulong Multiply(ulong a, double factor)
    {
        var product = Math.Ceiling(a * factor);
        return product >= 18446744073709551616.0 ? ulong.MaxValue : (ulong)product;
    }
}
