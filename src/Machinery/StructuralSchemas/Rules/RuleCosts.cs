using System.Globalization;
using KubeSharp.Machinery.Cel;

namespace KubeSharp.Machinery.StructuralSchemas.Rules;

/// <summary>Estimates of what rules cost over a whole object.</summary>
internal static class RuleCosts
{
    /// <summary>As many values as there are above times the bound of the list or map; null if either has none.</summary>
    public static ulong? Times(ulong? count, long? bound) => count is { } above && bound is { } most ? Multiply(above, (ulong)Math.Max(0, most)) : null;

    /// <param name="minSize">Bytes of the shortest JSON of a value: so many of them fit a request, where the schema sets no bound.</param>
    public static ulong OfAll(ulong cost, ulong? cardinality, long minSize) => Multiply(cost, cardinality ?? (ulong)(CelLimits.MaxRequestBytes / (minSize + 1)));

    public static string Exceeds(string what, ulong cost, ulong limit)
    {
        var factor = (double)cost / limit;
        var text = factor > 100 ? "more than 100x" : factor.ToString(factor < 1.5 ? "F6" : "F1", CultureInfo.InvariantCulture) + "x";
        return $"{what} exceeds budget by factor of {text} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)";
    }

    private static ulong Multiply(ulong a, ulong b) => a != 0 && ulong.MaxValue / a < b ? ulong.MaxValue : a * b;
}
