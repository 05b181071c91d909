namespace KubeSharp.Kinds.Core.Services;

/// <summary>What a Service means where it says nothing.</summary>
internal static class ServiceDefaults
{
    private const int AffinitySeconds = 10_800;

    public static ServiceSpec Of(ServiceSpec spec)
    {
        var type = spec.Type.Length == 0 ? "ClusterIP" : spec.Type;
        var isReachable = type is "NodePort" or "LoadBalancer";
        return spec with
        {
            Type = type,
            SessionAffinity = spec.SessionAffinity.Length == 0 ? "None" : spec.SessionAffinity,
            SessionAffinityConfig = Affinity(spec),
            Ports = spec.Ports.All(p => p.Protocol.Length > 0 && !IsUnset(p.TargetPort)) ? spec.Ports : [.. spec.Ports.Select(Port)],
            ExternalTrafficPolicy = spec.ExternalTrafficPolicy.Length == 0 && (isReachable || (type == "ClusterIP" && spec.ExternalIPs.Count > 0))
                ? "Cluster"
                : spec.ExternalTrafficPolicy,
            InternalTrafficPolicy = spec.InternalTrafficPolicy ?? (type == "ExternalName" ? null : "Cluster"),
            AllocateLoadBalancerNodePorts = spec.AllocateLoadBalancerNodePorts ?? (type == "LoadBalancer" ? true : null),
        };
    }

    private static SessionAffinityConfig? Affinity(ServiceSpec spec) => spec.SessionAffinity switch
    {
        "" or "None" => null,
        "ClientIP" when spec.SessionAffinityConfig?.ClientIP?.TimeoutSeconds is null => new() { ClientIP = new() { TimeoutSeconds = AffinitySeconds } },
        _ => spec.SessionAffinityConfig,
    };

    private static ServicePort Port(ServicePort port) => port with
    {
        Protocol = port.Protocol.Length == 0 ? "TCP" : port.Protocol,
        TargetPort = IsUnset(port.TargetPort) ? port.Port : port.TargetPort,
    };

    private static bool IsUnset(IntOrString port) => port.IsInt ? port.Number == 0 : port.Text.Length == 0;
}
