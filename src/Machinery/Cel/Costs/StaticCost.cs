namespace KubeSharp.Machinery.Cel;

internal static class StaticCost
{
    public static CelCostEstimate Estimate(Expr expr) => CelCostEstimate.Unknown;
}
