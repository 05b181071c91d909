using System.Globalization;

namespace KubeSharp.Machinery.Metrics;

/// <summary>Numbers as Go's client writes them (<c>1e+06</c>, <c>0.005</c>, <c>+Inf</c>): the bounds of buckets are labels, and labels must not differ.</summary>
internal static class GoNumber
{
    public static string Text(double value)
    {
        if (double.IsNaN(value))
            return "NaN";
        if (double.IsInfinity(value))
            return value > 0 ? "+Inf" : "-Inf";

        var plain = value.ToString("R", CultureInfo.InvariantCulture);
        if (plain.Length <= 6 && !plain.Contains('E', StringComparison.Ordinal))
            return plain;

        var (digits, exponent) = Parts(plain.TrimStart('-'));
        if (exponent is >= -4 and < 21 && !(exponent >= 6 && digits.Length <= 6) && !plain.Contains('E', StringComparison.Ordinal))
            return plain;

        var mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
        return string.Create(CultureInfo.InvariantCulture, $"{(value < 0 ? "-" : "")}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }

    /// <summary>The digits that count, and the power of ten of the first.</summary>
    private static (string Digits, int Exponent) Parts(string text)
    {
        var e = text.IndexOf('E', StringComparison.Ordinal);
        var power = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var number = e < 0 ? text : text[..e];
        var point = number.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? number : number[..point];
        var all = point < 0 ? number : string.Concat(whole.AsSpan(), number.AsSpan(point + 1));
        var first = all.AsSpan().IndexOfAnyExcept('0');
        if (first < 0)
            return ("0", 0);

        return (all[first..].TrimEnd('0') is { Length: > 0 } digits ? digits : "0", whole.Length - 1 - first + power);
    }
}
