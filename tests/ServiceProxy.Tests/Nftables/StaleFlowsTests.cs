using System.Net;
using KubeSharp.Linux.Conntrack;
using KubeSharp.Objects.CoreV1;
using KubeSharp.ServiceProxy.Nftables;

namespace KubeSharp.ServiceProxy.Tests.Nftables;

public sealed class StaleFlowsTests
{
    private readonly StaleFlows _stale = new(
        Some.Model(
            Some.Service(null, Some.Port(53, protocol: "UDP", nodePort: 30053), Some.Port(80)),
            Some.Slice("", "UDP", 5353, Some.Endpoint("10.0.0.1"))).Forwardings,
        Some.Model(Some.Service((ServiceSpec s) => s with { ClusterIPs = ["10.96.0.9"] }, Some.Port(53, protocol: "UDP"))).Forwardings.Select(f => f.Frontend));

    [Theory]
    [InlineData("10.96.0.1:53", "10.0.0.1:5353", false)] // where it belongs
    [InlineData("10.96.0.1:53", "10.0.0.2:5353", true)] // an endpoint that is gone
    [InlineData("10.96.0.1:53", "10.96.0.1:53", true)] // began before there were endpoints
    [InlineData("10.96.0.1:80", "10.0.0.2:80", false)] // TCP ends by itself
    [InlineData("192.0.2.7:30053", "10.0.0.1:5353", false)]
    [InlineData("192.0.2.7:30053", "10.0.0.2:5353", true)]
    [InlineData("203.0.113.9:30053", "203.0.113.9:30053", false)] // somebody else's port of that number
    [InlineData("10.96.0.9:53", "10.0.0.1:5353", true)] // the Service is gone
    [InlineData("8.8.8.8:53", "8.8.8.8:53", false)]
    public void A_flow_is_stale_if_it_leads_where_the_service_no_longer_does(string destination, string replier, bool isStale) =>
        Assert.Equal(isStale, _stale.IsStale(new Flow(IPEndPoint.Parse(destination), IPEndPoint.Parse(replier))));
}
