namespace KubeSharp.Kubelet.Cri;

/// <summary>CRI counts time in nanoseconds since 1970; zero means "not yet".</summary>
internal static class CriTimes
{
    public static DateTimeOffset? ToTime(long nanoseconds) =>
        nanoseconds <= 0 ? null : DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick);

    public static long ToNanoseconds(this DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
