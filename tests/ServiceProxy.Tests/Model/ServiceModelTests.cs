using KubeSharp.Objects.CoreV1;
using KubeSharp.ServiceProxy.Model;

namespace KubeSharp.ServiceProxy.Tests.Model;

/// <summary>What a Service asks of the node: one line a frontend.</summary>
public sealed class ServiceModelTests
{
    private static readonly string[] TwoEndpoints = ["10.0.0.1", "10.0.0.2"];

    public static TheoryData<string, Func<ServiceSpec, ServiceSpec>, string> Specs => new()
    {
        { "a cluster IP", s => s, "ClusterIP 10.96.0.1 tcp 80 -> 1,2" },
        { "two families", s => s with { ClusterIPs = ["10.96.0.1", "fd00::1"] }, "ClusterIP 10.96.0.1 tcp 80 -> 1,2" },
        { "only the old field", s => s with { ClusterIPs = [] }, "ClusterIP 10.96.0.1 tcp 80 -> 1,2" },
        { "headless", s => s with { ClusterIP = "None", ClusterIPs = ["None"] }, "" },
        { "external name", s => s with { Type = "ExternalName", ClusterIP = "", ClusterIPs = [] }, "" },
        { "internal local", s => s with { InternalTrafficPolicy = "Local" }, "ClusterIP 10.96.0.1 tcp 80 -> 1" },
        { "an external IP", s => s with { ExternalIPs = ["192.0.2.1"] }, "ClusterIP 10.96.0.1 tcp 80 -> 1,2|External 192.0.2.1 tcp 80 -> 1,2 masquerade" },
        { "an external IP, local", s => s with { ExternalIPs = ["192.0.2.1"], ExternalTrafficPolicy = "Local" },
            "ClusterIP 10.96.0.1 tcp 80 -> 1,2|External 192.0.2.1 tcp 80 -> 1,2 outside 1" },
        { "a node port", s => s with { Type = "NodePort", Ports = [Some.Port(80, nodePort: 30080)] },
            "ClusterIP 10.96.0.1 tcp 80 -> 1,2|NodePort 0.0.0.0 tcp 30080 -> 1,2 masquerade" },
        { "a node port, local", s => s with { Type = "NodePort", Ports = [Some.Port(80, nodePort: 30080)], ExternalTrafficPolicy = "Local" },
            "ClusterIP 10.96.0.1 tcp 80 -> 1,2|NodePort 0.0.0.0 tcp 30080 -> 1,2 outside 1" },
        { "affinity", s => s with { SessionAffinity = "ClientIP" }, "ClusterIP 10.96.0.1 tcp 80 -> 1,2 affinity 10800" },
        { "affinity with its time", s => s with { SessionAffinity = "ClientIP", SessionAffinityConfig = SessionAffinityConfig.Empty with { ClientIP = ClientIPConfig.Empty with { TimeoutSeconds = 60 } } },
            "ClusterIP 10.96.0.1 tcp 80 -> 1,2 affinity 60" },
        { "a protocol without endpoints", s => s with { Ports = [Some.Port(53, protocol: "UDP")] }, "ClusterIP 10.96.0.1 udp 53 -> Reject" },
        { "SCTP", s => s with { Ports = [Some.Port(9, protocol: "SCTP")] }, "ClusterIP 10.96.0.1 sctp 9 -> Reject" },
    };

    [Theory]
    [MemberData(nameof(Specs))]
    public void A_service_becomes_frontends(string name, Func<ServiceSpec, ServiceSpec> with, string expected)
    {
        Assert.NotEmpty(name);
        Assert.Equal(expected, Text(Some.Model(Some.Service(with), Slice())));
    }

    [Fact]
    public void Load_balancer_addresses_are_served_unless_the_balancer_wants_to_see_the_traffic()
    {
        var service = Some.Service(s => s with { Type = "LoadBalancer", LoadBalancerSourceRanges = ["10.0.0.0/8", "10.1.0.0/16", " 192.0.2.0/24"] }) with
        {
            Status = ServiceStatus.Empty with
            {
                LoadBalancer = LoadBalancerStatus.Empty with
                {
                    Ingress =
                    [
                        LoadBalancerIngress.Empty with { Ip = "203.0.113.1" },
                        LoadBalancerIngress.Empty with { Ip = "203.0.113.2", IpMode = "Proxy" },
                        LoadBalancerIngress.Empty with { Hostname = "lb.example" },
                    ],
                },
            },
        };

        var balancer = Assert.Single(Some.Model(service, Slice()).Forwardings, f => f.Frontend.Type == FrontendType.External);

        Assert.Equal("203.0.113.1", balancer.Frontend.Address.ToString());
        Assert.Equal(["10.0.0.0/8", "192.0.2.0/24"], balancer.AllowedSources.Select(n => n.ToString())); // a range within another is nothing of its own
    }

    [Fact]
    public void A_service_for_another_proxy_is_left_alone()
    {
        var service = Some.Service();
        service = service.With(service.Metadata with { Labels = new Dictionary<string, string> { ["service.kubernetes.io/service-proxy-name"] = "other" } });

        Assert.Empty(Some.Model(service, Slice()).Forwardings);
    }

    [Theory]
    [InlineData("there", "Drop")] // endpoints elsewhere: another node will do
    [InlineData("", "Reject")] // none at all
    public void Internal_local_traffic_without_local_endpoints_is_dropped_or_refused(string node, string expected)
    {
        var service = Some.Service(s => s with { InternalTrafficPolicy = "Local" });

        var model = node.Length == 0 ? Some.Model(service) : Some.Model(service, Some.Slice(Some.Endpoint("10.0.0.1", node: node)));

        Assert.Equal($"ClusterIP 10.96.0.1 tcp 80 -> {expected}", Text(model));
    }

    [Fact]
    public void The_health_check_counts_local_endpoints()
    {
        var service = Some.Service(s => s with { Type = "LoadBalancer", ExternalTrafficPolicy = "Local", HealthCheckNodePort = 32000 });

        Assert.Equal(new HealthCheck(new("ns", "web"), 32000, 1), Some.Model(service, Slice()).HealthCheck);
    }

    private static Objects.DiscoveryV1.EndpointSlice Slice() =>
        Some.Slice(Some.Endpoint(TwoEndpoints[0], node: "here"), Some.Endpoint(TwoEndpoints[1]));

    private static string Text(ServiceForwarding model) => string.Join('|', model.Forwardings.Select(f =>
        $"{f.Frontend.Type} {f.Frontend.Address} {f.Frontend.Protocol} {f.Frontend.Port} -> {Text(f.Everyone)}"
        + (f.Outside is { } o ? $" outside {Text(o)}" : "") + (f.IsMasqueradedAlways ? " masquerade" : "")
        + (f.Affinity is { } a ? $" affinity {a.TotalSeconds}" : "")));

    private static string Text(Target target) =>
        target.Backends.Count == 0 ? target.IfEmpty.ToString() : string.Join(',', target.Backends.Select(b => b.Address.GetAddressBytes()[3]));
}
