using System.Net;
using System.Net.Sockets;
using KubeSharp.Objects.DiscoveryV1;

namespace KubeSharp.ServiceProxy.Model;

/// <summary>Services and EndpointSlices to what this node forwards. Pure.</summary>
internal static class ServiceModel
{
    /// <summary>Names another proxy that is to serve the Service.</summary>
    private const string ProxyNameLabel = "service.kubernetes.io/service-proxy-name";

    private const int DefaultAffinitySeconds = 10800;

    public static ServiceForwarding Of(Service service, IReadOnlyCollection<EndpointSlice> slices, NodeContext node)
    {
        var clusterIPs = ClusterIPs(service);
        if (clusterIPs.Count == 0 || service.Spec.Type == "ExternalName" || service.Metadata.Labels.ContainsKey(ProxyNameLabel))
            return ServiceForwarding.None; // headless Services have no address to forward

        var forwardings = new List<Forwarding>();
        var localEndpoints = 0;
        foreach (var port in service.Spec.Ports)
        {
            var endpoints = Endpoints.Of(port, slices, service.Spec.PublishNotReadyAddresses, node);
            localEndpoints = Math.Max(localEndpoints, endpoints.Local.Count);
            forwardings.AddRange(OfPort(service, port, clusterIPs, endpoints));
        }

        return new(forwardings, HealthCheckOf(service, localEndpoints));
    }

    /// <summary>TCP unless the port says otherwise.</summary>
    public static string ProtocolOf(ServicePort port) => port.Protocol.Length == 0 ? "TCP" : port.Protocol;

    /// <summary>The address, or null for anything that is not IPv4.</summary>
    public static IPAddress? IPv4(string text) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork ? address : null;

    private static IEnumerable<Forwarding> OfPort(Service service, ServicePort port, IReadOnlyList<IPAddress> clusterIPs, Endpoints endpoints)
    {
        var protocol = ProtocolOf(port) switch { "UDP" => "udp", "SCTP" => "sctp", _ => "tcp" };
        var affinity = AffinityOf(service);
        var number = (ushort)port.Port;
        var isInternalLocal = service.Spec.InternalTrafficPolicy == "Local";
        var inside = isInternalLocal ? new Target(endpoints.Local, endpoints.IsEmpty ? Refusal.Reject : Refusal.Drop) : new(endpoints.Cluster, Refusal.Reject);

        foreach (var address in clusterIPs)
            yield return new(new(FrontendType.ClusterIP, address, protocol, number), inside, Outside: null, IsMasqueradedAlways: false, affinity, []);

        var isLocal = service.Spec.ExternalTrafficPolicy == "Local";
        var everyone = new Target(endpoints.Cluster, Refusal.Reject);
        var outside = isLocal && !endpoints.IsEmpty ? new Target(endpoints.Local, Refusal.Drop) : null;
        var sources = SourcesOf(service);

        var balancers = BalancerIPs(service);
        foreach (var address in ExternalIPs(service).Concat(balancers).Distinct())
        {
            yield return new(
                new(FrontendType.External, address, protocol, number), everyone, outside, !isLocal, affinity, balancers.Contains(address) ? sources : []);
        }

        if (port.NodePort > 0)
            yield return new(new(FrontendType.NodePort, IPAddress.Any, protocol, (ushort)port.NodePort), everyone, outside, !isLocal, affinity, []);
    }

    private static IReadOnlyList<IPAddress> ClusterIPs(Service service) =>
        Parsed(service.Spec.ClusterIPs.Count > 0 ? service.Spec.ClusterIPs : [service.Spec.ClusterIP]);

    private static IReadOnlyList<IPAddress> ExternalIPs(Service service) => Parsed(service.Spec.ExternalIPs);

    /// <summary>With <c>ipMode: Proxy</c> the balancer wants to see the traffic itself, even what comes from inside.</summary>
    private static IReadOnlyList<IPAddress> BalancerIPs(Service service) =>
        service.Spec.Type == "LoadBalancer"
            ? Parsed(service.Status.LoadBalancer.Ingress.Where(i => i.IpMode is not "Proxy").Select(i => i.Ip))
            : [];

    private static IReadOnlyList<IPAddress> Parsed(IEnumerable<string> texts) =>
        [.. texts.Select(IPv4).OfType<IPAddress>().Distinct()];

    private static TimeSpan? AffinityOf(Service service) =>
        service.Spec.SessionAffinity == "ClientIP"
            ? TimeSpan.FromSeconds(service.Spec.SessionAffinityConfig?.ClientIP?.TimeoutSeconds ?? DefaultAffinitySeconds)
            : null;

    /// <summary>The source ranges, each only once: a range inside another says nothing, and an interval set refuses it.</summary>
    private static IReadOnlyList<IPNetwork> SourcesOf(Service service)
    {
        var networks = service.Spec.LoadBalancerSourceRanges
            .Select(r => IPNetwork.TryParse(r.Trim(), out var network) ? network : default)
            .Where(n => n.BaseAddress?.AddressFamily == AddressFamily.InterNetwork && n != default)
            .Distinct().ToList();
        return [.. networks.Where(n => !networks.Any(o => o.PrefixLength < n.PrefixLength && o.Contains(n.BaseAddress)))
            .OrderBy(n => n.ToString(), StringComparer.Ordinal)];
    }

    private static HealthCheck? HealthCheckOf(Service service, int localEndpoints) =>
        service.Spec is { Type: "LoadBalancer", ExternalTrafficPolicy: "Local", HealthCheckNodePort: > 0 and var port }
            ? new(ObjectKey.Of(service), (ushort)port, localEndpoints)
            : null;
}
