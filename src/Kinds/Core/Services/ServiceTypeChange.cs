namespace KubeSharp.Kinds.Core.Services;

/// <summary>
/// What an update that changes a Service's type lets go of, and what an update that leaves allocated values out keeps: clients
/// apply manifests without addresses and node ports.
/// </summary>
internal static class ServiceTypeChange
{
    public static Service Apply(Service old, Service obj)
    {
        var spec = Keep(old.Spec, obj.Spec);
        if (old.Spec.Type != spec.Type)
            spec = Drop(old.Spec, spec);
        return obj with { Spec = spec };
    }

    private static ServiceSpec Keep(ServiceSpec old, ServiceSpec spec)
    {
        if (old.Type == "ExternalName" || spec.Type == "ExternalName")
            return spec;

        if (spec.ClusterIP.Length == 0 && spec.ClusterIPs.Count == 0)
            spec = spec with { ClusterIP = old.ClusterIP, ClusterIPs = old.ClusterIPs };
        if (spec.IpFamilies.Count == 0)
            spec = spec with { IpFamilies = old.IpFamilies };
        spec = spec with { IpFamilyPolicy = spec.IpFamilyPolicy ?? old.IpFamilyPolicy };
        if (!HasNodePorts(old) || !HasNodePorts(spec))
            return spec;

        var known = old.Ports.Where(p => p.NodePort > 0).GroupBy(p => (p.Protocol, p.Port)).ToDictionary(g => g.Key, g => g.First().NodePort);
        var used = spec.Ports.Where(p => p.NodePort > 0).Select(p => (p.Protocol, p.NodePort)).ToHashSet();
        return spec with
        {
            Ports = [.. spec.Ports.Select(p => p.NodePort == 0 && known.TryGetValue((p.Protocol, p.Port), out var port) && used.Add((p.Protocol, port)) ? p with { NodePort = port } : p)],
            HealthCheckNodePort = spec.HealthCheckNodePort == 0 && NeedsHealthCheck(spec) ? old.HealthCheckNodePort : spec.HealthCheckNodePort,
        };
    }

    /// <summary>Only what the client did not change is dropped: a value given anew is an error that validation names.</summary>
    private static ServiceSpec Drop(ServiceSpec old, ServiceSpec spec)
    {
        if (spec.Type == "ExternalName" && spec.ClusterIP == old.ClusterIP)
            spec = spec with { ClusterIP = "", ClusterIPs = Nil.List<string>(), IpFamilies = Nil.List<string>(), IpFamilyPolicy = null, InternalTrafficPolicy = null };

        if (HasNodePorts(old) && !HasNodePorts(spec))
        {
            var before = old.Ports.Select(p => p.NodePort).ToHashSet();
            spec = spec with { Ports = [.. spec.Ports.Select(p => before.Contains(p.NodePort) ? p with { NodePort = 0 } : p)] };
            if (spec.ExternalTrafficPolicy == old.ExternalTrafficPolicy && spec.ExternalIPs.Count == 0)
                spec = spec with { ExternalTrafficPolicy = "" };
        }

        if (NeedsHealthCheck(old) && !NeedsHealthCheck(spec) && spec.HealthCheckNodePort == old.HealthCheckNodePort)
            spec = spec with { HealthCheckNodePort = 0 };
        return old.Type == "LoadBalancer"
            ? spec with
            {
                AllocateLoadBalancerNodePorts = spec.AllocateLoadBalancerNodePorts == old.AllocateLoadBalancerNodePorts ? null : spec.AllocateLoadBalancerNodePorts,
                LoadBalancerClass = spec.LoadBalancerClass == old.LoadBalancerClass ? null : spec.LoadBalancerClass,
            }
            : spec;
    }

    private static bool HasNodePorts(ServiceSpec spec) => spec.Type is "NodePort" or "LoadBalancer";

    private static bool NeedsHealthCheck(ServiceSpec spec) => spec is { Type: "LoadBalancer", ExternalTrafficPolicy: "Local" };
}
