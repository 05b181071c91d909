namespace KubeSharp.ServiceProxy.Model;

/// <summary>What a Service and its EndpointSlices ask of this node.</summary>
internal sealed record ServiceForwarding(IReadOnlyList<Forwarding> Forwardings, HealthCheck? HealthCheck)
{
    public static ServiceForwarding None { get; } = new([], null);
}
