using System.Net;

namespace KubeSharp.ApiServer.Allocation;

/// <summary>What of a Service is out of a pool: its addresses and node ports. Pure.</summary>
internal static class ServiceNeeds
{
    public const string None = "None";

    public static bool Address(ServiceSpec spec) => spec.Type != "ExternalName" && spec.ClusterIP != None && spec.ClusterIPs is not [None, ..];

    /// <summary>Whether ports that name no node port get one.</summary>
    public static bool NodePorts(ServiceSpec spec) => spec.Type == "NodePort" || (spec.Type == "LoadBalancer" && spec.AllocateLoadBalancerNodePorts != false);

    public static bool HealthPort(ServiceSpec spec) => spec is { Type: "LoadBalancer", ExternalTrafficPolicy: "Local" };

    /// <summary>The addresses it has; of before there was more than one, that one.</summary>
    public static IEnumerable<IPAddress> AddressesOf(ServiceSpec spec)
    {
        if (!Address(spec))
            yield break;

        foreach (var text in spec.ClusterIPs.Count == 0 && spec.ClusterIP.Length > 0 ? [spec.ClusterIP] : spec.ClusterIPs)
        {
            if (IPAddress.TryParse(text, out var address))
                yield return address;
        }
    }

    public static HashSet<int> PortsOf(ServiceSpec spec)
    {
        if (spec.Type is not ("NodePort" or "LoadBalancer"))
            return [];

        var ports = spec.Ports.Select(p => p.NodePort).Where(p => p > 0).ToHashSet();
        if (spec.HealthCheckNodePort > 0)
            ports.Add(spec.HealthCheckNodePort);
        return ports;
    }
}
