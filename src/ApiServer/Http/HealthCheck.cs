namespace KubeSharp.ApiServer.Http;

/// <summary>One thing that must be well.</summary>
/// <param name="Find">What is wrong, or <see langword="null"/>. Says it to the log, never to the client.</param>
/// <param name="IsOfReadiness">Counts for <c>/readyz</c> only: traffic should wait, but a restart would not help.</param>
public sealed record HealthCheck(string Name, Func<CancellationToken, ValueTask<string?>> Find, bool IsOfReadiness = false)
{
    public static HealthCheck Ping { get; } = new("ping", static _ => new((string?)null));
}
