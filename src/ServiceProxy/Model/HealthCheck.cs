namespace KubeSharp.ServiceProxy.Model;

/// <summary>What a load balancer asks this node about a Service: whether it has backends here.</summary>
internal sealed record HealthCheck(ObjectKey Service, ushort Port, int LocalEndpoints);
