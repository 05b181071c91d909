using System.Globalization;
using static KubeSharp.Machinery.Cel.CelType;

namespace KubeSharp.Machinery.Cel;

/// <summary>The parts of timestamps, in UTC or a given zone, and of durations.</summary>
internal static class TimeFunctions
{
    public static void AddTo(Declarations d)
    {
        Part(d, "getFullYear", "year", t => t.Year);
        Part(d, "getMonth", "month", t => t.Month - 1);
        Part(d, "getDayOfYear", "day_of_year", t => t.DayOfYear - 1);
        Part(d, "getDayOfMonth", "day_of_month", t => t.Day - 1);
        Part(d, "getDate", "day_of_month_1_based", t => t.Day);
        Part(d, "getDayOfWeek", "day_of_week", t => (int)t.DayOfWeek);
        Part(d, "getHours", "hours", t => t.Hour);
        Part(d, "getMinutes", "minutes", t => t.Minute);
        Part(d, "getSeconds", "seconds", t => t.Second);
        Part(d, "getMilliseconds", "milliseconds", t => t.Millisecond);

        foreach (var (name, id, nanos) in new[]
        {
            ("getHours", "hours", 3_600_000_000_000), ("getMinutes", "minutes", 60_000_000_000),
            ("getSeconds", "seconds", 1_000_000_000), ("getMilliseconds", "milliseconds", 1_000_000L),
        })
            d.Member(name, $"duration_to_{id}", [Duration], Int, args => CelValue.Of(args[0].AsDuration / nanos));
    }

    private static void Part(Declarations d, string name, string id, Func<DateTime, int> part)
    {
        d.Member(name, $"timestamp_to_{id}", [CelType.Timestamp], Int, args => CelValue.Of((long)part(args[0].AsTimestamp.Utc)));
        d.Member(name, $"timestamp_to_{id}_with_tz", [CelType.Timestamp, Text], Int, args =>
        {
            var time = args[0].AsTimestamp.Utc;
            if (Offset(args[1].AsText, time, out var problem) is not { } offset)
                return CelValue.Error(problem);
            var ticks = time.Ticks + offset.Ticks;
            return ticks < 0 || ticks > DateTime.MaxValue.Ticks ? CelValue.Error("timestamp overflow") : CelValue.Of((long)part(new DateTime(ticks)));
        });
    }

    /// <summary>A zone by its IANA name, or an offset such as <c>-08:00</c>.</summary>
    private static TimeSpan? Offset(string zone, DateTime utc, out string problem)
    {
        problem = $"unknown time zone {zone}";
        var colon = zone.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            if (zone is "" or "UTC")
                return TimeSpan.Zero;
            return TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? found.GetUtcOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)) : null;
        }

        if (!int.TryParse(zone.AsSpan(0, colon), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var hours)
            || !int.TryParse(zone.AsSpan(colon + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var minutes)
            || Math.Abs(hours) > 100_000)
            return null;
        if (minutes is < 0 or > 59)
        {
            problem = $"timezone offset minutes out of range [0, 59]: {zone}";
            return null;
        }

        return TimeSpan.FromMinutes(hours * 60 + (zone[0] == '-' ? -minutes : minutes));
    }
}
