using System.Globalization;

namespace KubeSharp.Kubelet.Images;

/// <summary>Durations as Go prints them, to the millisecond: <c>12ms</c>, <c>1.5s</c>, <c>2m3.004s</c>.</summary>
internal static class GoDuration
{
    public static string Format(TimeSpan duration)
    {
        var milliseconds = (long)duration.TotalMilliseconds;
        if (milliseconds == 0)
            return "0s";
        if (milliseconds < 1000)
            return string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms");

        var (minutes, rest) = Math.DivRem(milliseconds, 60_000);
        var seconds = (rest / 1000m).ToString("0.###", CultureInfo.InvariantCulture) + "s";
        if (minutes == 0)
            return seconds;

        var (hours, minute) = Math.DivRem(minutes, 60);
        return string.Create(CultureInfo.InvariantCulture, $"{(hours > 0 ? $"{hours}h" : "")}{minute}m{seconds}");
    }
}
