namespace KubeSharp.ApiServer.Verbs;

internal static class Times
{
    /// <summary>The API's times have whole seconds; what is compared later must not have more.</summary>
    public static DateTimeOffset TruncatedToSeconds(this DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
