namespace KubeSharp.ApiServer.Allocation;

/// <summary>Brings the address and port fields of a Service into agreement with its type and with what it had before. Pure.</summary>
internal static class ServiceShape
{
    public const string None = "None";

    public static bool NeedsAddress(Service service) => service.Spec.Type != "ExternalName" && service.Spec.ClusterIP != None;

    public static bool NeedsNodePorts(Service service) =>
        service.Spec.Type == "NodePort" || (service.Spec.Type == "LoadBalancer" && service.Spec.AllocateLoadBalancerNodePorts != false);

    public static bool NeedsHealthPort(Service service) => service.Spec is { Type: "LoadBalancer", ExternalTrafficPolicy: "Local" };

    public static Service ForCreate(Service service)
    {
        var spec = service.Spec;
        if (spec.ClusterIP.Length > 0 && spec.ClusterIPs.Count == 0)
            service = service with { Spec = spec with { ClusterIPs = [spec.ClusterIP] } };
        return WithFamilies(service);
    }

    public static Service ForUpdate(Service old, Service service)
    {
        service = DropUnused(old, service);
        service = service with { Spec = Synced(old.Spec, service.Spec) };
        var (was, spec) = (old.Spec, service.Spec);
        if (NeedsAddress(old) && NeedsAddress(service) && spec.ClusterIP.Length == 0)
            spec = spec with { ClusterIP = was.ClusterIP, ClusterIPs = spec.ClusterIPs.Count == 0 ? was.ClusterIPs : spec.ClusterIPs };
        if (NeedsNodePorts(old) && NeedsNodePorts(service))
            spec = spec with { Ports = [.. spec.Ports.Select(p => p.NodePort > 0 ? p : p with { NodePort = Inherited(p, was, spec) })] };
        if (NeedsHealthPort(old) && NeedsHealthPort(service) && spec.HealthCheckNodePort == 0)
            spec = spec with { HealthCheckNodePort = was.HealthCheckNodePort };
        return WithFamilies(service with { Spec = spec });
    }

    /// <summary>The port that had this protocol and number keeps its node port, unless the client gave that to another.</summary>
    private static int Inherited(ServicePort port, ServiceSpec was, ServiceSpec spec)
    {
        var before = was.Ports.FirstOrDefault(p => p.Protocol == port.Protocol && p.Port == port.Port)?.NodePort ?? 0;
        return spec.Ports.Any(p => p.NodePort == before && p.Protocol == port.Protocol) ? 0 : before;
    }

    /// <summary>What belonged to the old type and was sent along unchanged goes with it.</summary>
    private static Service DropUnused(Service old, Service service)
    {
        var spec = service.Spec;
        if (NeedsAddress(old) && spec.Type == "ExternalName" && spec.ClusterIP == old.Spec.ClusterIP)
            spec = spec with { ClusterIP = "", ClusterIPs = [], IpFamilies = [], IpFamilyPolicy = null };
        if (NeedsNodePorts(old) && !NeedsNodePorts(service) && spec.Ports.Select(p => p.NodePort).SequenceEqual(old.Spec.Ports.Select(p => p.NodePort)))
            spec = spec with { Ports = [.. spec.Ports.Select(p => p with { NodePort = 0 })] };
        if (NeedsHealthPort(old) && !NeedsHealthPort(service) && spec.HealthCheckNodePort == old.Spec.HealthCheckNodePort)
            spec = spec with { HealthCheckNodePort = 0 };
        return service with { Spec = spec };
    }

    /// <summary>A client that knows only one of clusterIP and clusterIPs changes both.</summary>
    private static ServiceSpec Synced(ServiceSpec old, ServiceSpec spec)
    {
        if (spec.ClusterIP.Length > 0 && spec.ClusterIPs.Count == 0)
            return spec with { ClusterIPs = [spec.ClusterIP] };
        if (spec.ClusterIP != old.ClusterIP && spec.ClusterIPs.SequenceEqual(old.ClusterIPs) && spec.ClusterIP.Length > 0)
            return spec with { ClusterIPs = [spec.ClusterIP] };
        if (spec.ClusterIP == old.ClusterIP && spec.ClusterIPs.Count > 0 && !spec.ClusterIPs.SequenceEqual(old.ClusterIPs))
            return spec with { ClusterIP = spec.ClusterIPs[0] };
        return spec;
    }

    private static Service WithFamilies(Service service)
    {
        var spec = service.Spec;
        if (spec.Type == "ExternalName")
            return service;

        // Whoever fills in the endpoints himself may use either family.
        var isOpen = spec is { ClusterIP: None, Selector.Count: 0, IpFamilyPolicy: null, IpFamilies.Count: 0 };
        return service with
        {
            Spec = spec with
            {
                IpFamilyPolicy = spec.IpFamilyPolicy ?? (isOpen ? "RequireDualStack" : "SingleStack"),
                IpFamilies = spec.IpFamilies.Count > 0 ? spec.IpFamilies : isOpen ? ["IPv4", "IPv6"] : ["IPv4"],
            },
        };
    }
}
