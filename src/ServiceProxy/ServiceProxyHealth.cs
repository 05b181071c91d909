namespace KubeSharp.ServiceProxy;

/// <summary>How the proxy is doing; upstream's <c>/healthz</c> answers from this.</summary>
/// <param name="IsHealthy">The kernel has the rules, or had them and a newer change is being written.</param>
/// <param name="LastApplied">When rules were last written; null if they never were.</param>
public sealed record ServiceProxyHealth(bool IsHealthy, DateTimeOffset? LastApplied, string Problem = "");
