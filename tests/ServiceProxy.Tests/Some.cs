using KubeSharp.Machinery.MetaV1;
using KubeSharp.Objects.CoreV1;
using KubeSharp.Objects.DiscoveryV1;
using KubeSharp.ServiceProxy.Model;
using EndpointPort = KubeSharp.Objects.DiscoveryV1.EndpointPort;

namespace KubeSharp.ServiceProxy.Tests;

/// <summary>Short ways to say Services and EndpointSlices.</summary>
internal static class Some
{
    public static readonly NodeContext Here = new("here", "west");

    public static Service Service(Func<ServiceSpec, ServiceSpec>? with = null, params IEnumerable<ServicePort> ports)
    {
        var spec = ServiceSpec.Empty with
        {
            Type = "ClusterIP",
            ClusterIP = "10.96.0.1",
            ClusterIPs = ["10.96.0.1"],
            Ports = [.. ports.DefaultIfEmpty(Port(80))],
        };
        return Objects.CoreV1.Service.Empty with
        {
            Metadata = ObjectMeta.Empty with { Namespace = "ns", Name = "web" },
            Spec = with?.Invoke(spec) ?? spec,
        };
    }

    public static ServicePort Port(int port, string name = "", string protocol = "TCP", int nodePort = 0) =>
        ServicePort.Empty with { Port = port, Name = name, Protocol = protocol, NodePort = nodePort };

    public static EndpointSlice Slice(params Endpoint[] endpoints) => Slice("", "TCP", 8080, endpoints);

    public static EndpointSlice Slice(string portName, string protocol, int port, params Endpoint[] endpoints) => EndpointSlice.Empty with
    {
        AddressType = "IPv4",
        Endpoints = endpoints,
        Ports = [EndpointPort.Empty with { Name = portName, Protocol = protocol, Port = port }],
    };

    /// <param name="state">r ready, n not ready, t serving while terminating, d terminating and done, u unknown (absent conditions).</param>
    public static Endpoint Endpoint(string address, char state = 'r', string node = "there", string zones = "", string nodes = "") => Objects.DiscoveryV1.Endpoint.Empty with
    {
        Addresses = [address],
        NodeName = node,
        Conditions = state switch
        {
            'r' => EndpointConditions.Empty with { Ready = true, Serving = true, Terminating = false },
            'n' => EndpointConditions.Empty with { Ready = false, Serving = false, Terminating = false },
            't' => EndpointConditions.Empty with { Ready = false, Serving = true, Terminating = true },
            'd' => EndpointConditions.Empty with { Ready = false, Serving = false, Terminating = true },
            _ => EndpointConditions.Empty,
        },
        Hints = zones.Length + nodes.Length == 0 ? null : EndpointHints.Empty with
        {
            ForZones = [.. zones.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(z => ForZone.Empty with { Name = z })],
            ForNodes = [.. nodes.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(n => ForNode.Empty with { Name = n })],
        },
    };

    public static ServiceForwarding Model(Service service, params EndpointSlice[] slices) => ServiceModel.Of(service, slices, Here);
}
