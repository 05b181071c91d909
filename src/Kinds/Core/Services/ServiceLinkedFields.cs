namespace KubeSharp.Kinds.Core.Services;

/// <summary>
/// Brings the fields of a Service into agreement that depend on each other: what an update leaves out because the server chose it stays, clients
/// that know only one of clusterIP and clusterIPs change both, and what belonged to the old type goes with it.
/// </summary>
internal static class ServiceLinkedFields
{
    public static ServiceSpec ForCreate(ServiceSpec spec) => spec is { ClusterIP.Length: > 0, ClusterIPs.Count: 0 } ? spec with { ClusterIPs = [spec.ClusterIP] } : spec;

    public static Service ForUpdate(Service old, Service obj)
    {
        var was = ForCreate(old.Spec);
        var spec = DropUnneeded(was, WithBothAddressFields(was, WithAllocated(was, obj.Spec)));
        // A balancer is taken down later; who looks at the Service need not see that.
        return obj with { Spec = spec, Status = spec.Type == "LoadBalancer" ? old.Status : old.Status with { LoadBalancer = LoadBalancerStatus.Empty } };
    }

    private static ServiceSpec WithAllocated(ServiceSpec old, ServiceSpec spec)
    {
        if (NeedsAddress(old) && NeedsAddress(spec))
        {
            spec = spec with
            {
                ClusterIP = spec.ClusterIP.Length == 0 ? old.ClusterIP : spec.ClusterIP,
                ClusterIPs = spec.ClusterIPs.Count == 0 && old.ClusterIPs.Count > 0 ? old.ClusterIPs : spec.ClusterIPs,
            };
        }

        if (NeedsNodePorts(old) && NeedsNodePorts(spec) && spec.Ports.Any(p => p.NodePort == 0))
            spec = spec with { Ports = WithNodePorts(old, spec) };
        if (NeedsHealthPort(old) && NeedsHealthPort(spec) && spec.HealthCheckNodePort == 0)
            spec = spec with { HealthCheckNodePort = old.HealthCheckNodePort };
        return spec;
    }

    /// <summary>A port is known by its name, whatever else of it changed. What the client gave to another port is not given to two.</summary>
    private static IReadOnlyList<ServicePort> WithNodePorts(ServiceSpec old, ServiceSpec spec)
    {
        var known = new Dictionary<string, int>();
        foreach (var port in old.Ports)
            known[port.Name] = port.NodePort;
        var asked = spec.Ports.Select(p => p.NodePort).ToHashSet();
        return [.. spec.Ports.Select(p => p.NodePort == 0 && known.TryGetValue(p.Name, out var had) && !asked.Contains(had) ? p with { NodePort = had } : p)];
    }

    private static ServiceSpec WithBothAddressFields(ServiceSpec old, ServiceSpec spec)
    {
        // An old client that changes something else sends no clusterIPs.
        if (old.ClusterIPs.Count > 0 && spec.ClusterIPs.Count == 0 && old.ClusterIP == spec.ClusterIP)
            return spec with { ClusterIPs = old.ClusterIPs };
        if (old.ClusterIP == spec.ClusterIP || !spec.ClusterIPs.SequenceEqual(old.ClusterIPs))
            return spec;

        var isCleared = old.ClusterIP.Length > 0 && spec.ClusterIP.Length == 0;
        return spec with { ClusterIPs = isCleared ? Nil.List<string>() : [spec.ClusterIP] };
    }

    /// <summary>Only what the client did not change is dropped: a value given anew is an error that validation names.</summary>
    private static ServiceSpec DropUnneeded(ServiceSpec old, ServiceSpec spec)
    {
        if (NeedsAddress(old) && !NeedsAddress(spec))
        {
            if (spec.ClusterIP == old.ClusterIP && spec.ClusterIPs.SequenceEqual(old.ClusterIPs))
                spec = spec with { ClusterIP = "", ClusterIPs = Nil.List<string>() };
            if (spec.IpFamilies.SequenceEqual(old.IpFamilies))
                spec = spec with { IpFamilies = Nil.List<string>() };
            if (spec.IpFamilyPolicy == old.IpFamilyPolicy)
                spec = spec with { IpFamilyPolicy = null };
            if (spec.InternalTrafficPolicy == old.InternalTrafficPolicy)
                spec = spec with { InternalTrafficPolicy = null };
        }

        if (NeedsNodePorts(old) && !NeedsNodePorts(spec) && !spec.Ports.Select(p => p.NodePort).Where(p => p > 0).Except(old.Ports.Select(p => p.NodePort)).Any())
            spec = spec with { Ports = [.. spec.Ports.Select(p => p with { NodePort = 0 })] };
        if (NeedsHealthPort(old) && !NeedsHealthPort(spec) && spec.HealthCheckNodePort == old.HealthCheckNodePort)
            spec = spec with { HealthCheckNodePort = 0 };
        if (IsOpenToOutside(old) && !IsOpenToOutside(spec) && spec.ExternalTrafficPolicy == old.ExternalTrafficPolicy)
            spec = spec with { ExternalTrafficPolicy = "" };
        if (old.Type != "LoadBalancer" || spec.Type == "LoadBalancer")
            return spec;

        return spec with
        {
            AllocateLoadBalancerNodePorts = spec.AllocateLoadBalancerNodePorts == old.AllocateLoadBalancerNodePorts ? null : spec.AllocateLoadBalancerNodePorts,
            LoadBalancerClass = spec.LoadBalancerClass == old.LoadBalancerClass ? null : spec.LoadBalancerClass,
        };
    }

    private static bool NeedsAddress(ServiceSpec spec) => spec.Type != "ExternalName";

    private static bool NeedsNodePorts(ServiceSpec spec) => spec.Type is "NodePort" or "LoadBalancer";

    private static bool NeedsHealthPort(ServiceSpec spec) => spec is { Type: "LoadBalancer", ExternalTrafficPolicy: "Local" };

    private static bool IsOpenToOutside(ServiceSpec spec) => NeedsNodePorts(spec) || (spec.Type == "ClusterIP" && spec.ExternalIPs.Count > 0);
}
