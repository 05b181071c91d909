using System.Globalization;

namespace KubeSharp.Machinery.Cel;

/// <summary>A point in time, from the year 1 to 9999, exact to a nanosecond.</summary>
/// <param name="Seconds">Since 1970 in UTC.</param>
/// <param name="Nanos">Of the second.</param>
public readonly record struct CelTimestamp(long Seconds, int Nanos) : IComparable<CelTimestamp>
{
    private const long Nano = 1_000_000_000;
    internal const long MinSeconds = -62_135_596_800;
    internal const long MaxSeconds = 253_402_300_799;

    public static CelTimestamp From(DateTimeOffset time)
    {
        var ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        var seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var rest);
        return rest < 0 ? new(seconds - 1, (int)(rest + TimeSpan.TicksPerSecond) * 100) : new(seconds, (int)rest * 100);
    }

    /// <summary>Parses RFC 3339 with up to nine digits of a second.</summary>
    public static bool TryParse(string text, out CelTimestamp timestamp)
    {
        timestamp = default;
        var t = text.AsSpan();
        if (t.Length < 20 || t[4] != '-' || t[7] != '-' || t[10] is not 'T' || t[13] != ':' || t[16] != ':'
            || !Digits(t[..4], out var year) || !Digits(t[5..7], out var month) || !Digits(t[8..10], out var day)
            || !Digits(t[11..13], out var hour) || !Digits(t[14..16], out var minute) || !Digits(t[17..19], out var second)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
            return false;

        var rest = t[19..];
        var nanos = 0;
        if (rest[0] is '.' or ',')
        {
            var end = 1;
            while (end < rest.Length && char.IsAsciiDigit(rest[end]))
                end++;
            if (end == 1)
                return false;
            for (var i = 1; i <= 9; i++)
                nanos = nanos * 10 + (i < end ? rest[i] - '0' : 0);
            rest = rest[end..];
        }

        long offset = 0;
        if (rest is not "Z")
        {
            if (rest.Length != 6 || rest[0] is not ('+' or '-') || rest[3] != ':' || !Digits(rest[1..3], out var h) || !Digits(rest[4..6], out var m) || h > 24 || m > 60)
                return false;
            offset = (h * 60 + m) * 60 * (rest[0] == '-' ? -1 : 1);
        }

        var seconds = (new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond - offset;
        timestamp = new(seconds, nanos);
        return timestamp.IsInRange;
    }

    internal bool IsInRange => Seconds is >= MinSeconds and <= MaxSeconds;

    internal DateTime Utc => DateTime.UnixEpoch.AddSeconds(Seconds).AddTicks(Nanos / 100);

    public int CompareTo(CelTimestamp other) => Seconds != other.Seconds ? Seconds.CompareTo(other.Seconds) : Nanos.CompareTo(other.Nanos);

    public static bool operator <(CelTimestamp left, CelTimestamp right) => left.CompareTo(right) < 0;

    public static bool operator >(CelTimestamp left, CelTimestamp right) => left.CompareTo(right) > 0;

    public static bool operator <=(CelTimestamp left, CelTimestamp right) => left.CompareTo(right) <= 0;

    public static bool operator >=(CelTimestamp left, CelTimestamp right) => left.CompareTo(right) >= 0;

    /// <summary>RFC 3339 in UTC, with as many digits of a second as are needed.</summary>
    public override string ToString()
    {
        var fraction = Nanos == 0 ? "" : "." + Nanos.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');
        return DateTime.UnixEpoch.AddSeconds(Seconds).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + fraction + "Z";
    }

    internal static bool TryAdd(CelTimestamp time, Int128 nanos, out CelTimestamp sum)
    {
        var total = (Int128)time.Seconds * Nano + time.Nanos + nanos;
        var (seconds, rest) = Int128.DivRem(total, Nano);
        if (rest < 0)
            (seconds, rest) = (seconds - 1, rest + Nano);
        sum = new((long)seconds, (int)rest);
        return seconds >= MinSeconds && seconds <= MaxSeconds;
    }

    internal static bool TrySubtract(CelTimestamp a, CelTimestamp b, out long nanos)
    {
        var difference = (Int128)(a.Seconds - b.Seconds) * Nano + (a.Nanos - b.Nanos);
        nanos = (long)difference;
        return difference >= long.MinValue && difference <= long.MaxValue;
    }

    private static bool Digits(ReadOnlySpan<char> text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
