namespace KubeSharp.Machinery.Cel;

/// <summary>Durations as Go writes them: <c>1h30m</c>, <c>1.5s</c>, <c>-3ms</c>.</summary>
public static class CelDurations
{
    /// <returns>False for what Go's <c>time.ParseDuration</c> refuses, durations of more than 292 years included.</returns>
    public static bool TryParse(string text, out long nanos)
    {
        nanos = 0;
        var rest = text.AsSpan();
        var negative = rest.Length > 0 && rest[0] == '-';
        if (rest.Length > 0 && rest[0] is '-' or '+')
            rest = rest[1..];
        if (rest is "0")
            return true;
        if (rest.IsEmpty || rest.Length > 200)
            return false;

        Int128 sum = 0;
        while (!rest.IsEmpty)
        {
            var digits = 0;
            Int128 whole = 0;
            while (digits < rest.Length && char.IsAsciiDigit(rest[digits]))
            {
                whole = whole * 10 + (rest[digits++] - '0');
                if (whole > long.MaxValue)
                    return false;
            }

            var end = digits;
            double fraction = 0, place = 0.1;
            if (end < rest.Length && rest[end] == '.')
            {
                for (end++; end < rest.Length && char.IsAsciiDigit(rest[end]); end++, digits++, place /= 10)
                    fraction += (rest[end] - '0') * place;
            }

            var unit = rest[end..];
            if (digits == 0 || Unit(ref unit) is not { } size)
                return false;
            sum += whole * size + (Int128)Math.Round(fraction * size, 3);
            if (sum > (Int128)long.MaxValue + 1)
                return false;
            rest = unit;
        }

        if (negative)
            sum = -sum;
        nanos = (long)sum;
        return sum <= long.MaxValue;
    }

    private static long? Unit(ref ReadOnlySpan<char> text)
    {
        var (size, length) = text switch
        {
            ['n', 's', ..] => (1L, 2),
            ['u' or 'µ' or 'μ', 's', ..] => (1_000L, 2),
            ['m', 's', ..] => (1_000_000L, 2),
            ['s', ..] => (1_000_000_000L, 1),
            ['m', ..] => (60_000_000_000L, 1),
            ['h', ..] => (3_600_000_000_000L, 1),
            _ => (0L, 0),
        };
        text = text[length..];
        return length == 0 ? null : size;
    }
}
