using System.Buffers;
using System.Globalization;

namespace KubeSharp.ApiServer.Encryption.Configuration;

/// <summary>Durations as Go writes them: <c>3s</c>, <c>1m30s</c>, <c>0.5s</c>, <c>-1s</c>.</summary>
internal static class GoTime
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");
    private static readonly (string Unit, double Seconds)[] Units = [("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600)];

    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan time)
    {
        time = TimeSpan.Zero;
        var isNegative = text is ['-', ..];
        if (text is ['-' or '+', ..])
            text = text[1..];
        if (text is "0")
            return true;
        if (text.IsEmpty)
            return false;

        var seconds = 0.0;
        while (!text.IsEmpty)
        {
            var length = text.IndexOfAnyExcept(Digits);
            if (length <= 0 || !double.TryParse(text[..length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return false;

            text = text[length..];
            length = text.IndexOfAny(Digits);
            var unit = length < 0 ? text : text[..length];
            var factor = 0.0;
            foreach (var (name, value) in Units)
            {
                if (unit.SequenceEqual(name))
                    factor = value;
            }

            if (factor == 0)
                return false;
            seconds += number * factor;
            text = text[unit.Length..];
        }

        if (seconds > TimeSpan.MaxValue.TotalSeconds / 2)
            return false;
        time = TimeSpan.FromSeconds(isNegative ? -seconds : seconds);
        return true;
    }
}
