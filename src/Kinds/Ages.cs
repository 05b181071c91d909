namespace KubeSharp.Kinds;

/// <summary>Durations as kubectl's tables show them (apimachinery's <c>duration.HumanDuration</c>).</summary>
public static class Ages
{
    public static string Of(DateTimeOffset? since, DateTimeOffset now) => since is { } start ? Human(now - start) : "<unknown>";

    public static string Human(TimeSpan age)
    {
        var seconds = (long)age.TotalSeconds;
        if (seconds < -1)
            return "<invalid>";
        if (seconds < 0)
            return "0s";
        if (seconds < 60 * 2)
            return $"{seconds}s";

        var minutes = seconds / 60;
        if (minutes < 10)
            return With(minutes, "m", seconds % 60, "s");
        if (minutes < 60 * 3)
            return $"{minutes}m";

        var hours = minutes / 60;
        if (hours < 8)
            return With(hours, "h", minutes % 60, "m");
        if (hours < 48)
            return $"{hours}h";
        if (hours < 24 * 8)
            return With(hours / 24, "d", hours % 24, "h");
        if (hours < 24 * 365 * 2)
            return $"{hours / 24}d";

        var days = hours / 24;
        return hours < 24 * 365 * 8 ? With(days / 365, "y", days % 365, "d") : $"{days / 365}y";
    }

    private static string With(long large, string largeUnit, long small, string smallUnit) =>
        small == 0 ? $"{large}{largeUnit}" : $"{large}{largeUnit}{small}{smallUnit}";
}
