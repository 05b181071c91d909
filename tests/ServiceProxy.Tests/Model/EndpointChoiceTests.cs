using KubeSharp.Objects.DiscoveryV1;
using KubeSharp.ServiceProxy.Model;

namespace KubeSharp.ServiceProxy.Tests.Model;

/// <summary>Which endpoints traffic goes to.</summary>
public sealed class EndpointChoiceTests
{
    /// <summary>Endpoints 10.0.0.1, 10.0.0.2 … by state and node (upper case: on this node); expected: the last digits of those in use.</summary>
    [Theory]
    [InlineData("rrr", "123", "")] // all ready
    [InlineData("rnr", "13", "")] // one is not
    [InlineData("nnn", "", "")] // none is
    [InlineData("ttn", "12", "")] // none is, but some still serve
    [InlineData("rtt", "1", "")] // serving ones wait until no ready one is left
    [InlineData("ddd", "", "")]
    [InlineData("dtd", "2", "")]
    [InlineData("u", "1", "")] // absent means ready
    [InlineData("un", "1", "")]
    [InlineData("Rr", "12", "1")]
    [InlineData("rRrR", "1234", "24")]
    [InlineData("Tr", "2", "1")] // here none is ready: the one that ends serves local traffic
    [InlineData("TRr", "23", "2")]
    [InlineData("Nr", "2", "")]
    [InlineData("Dr", "2", "")]
    [InlineData("TT", "12", "12")]
    [InlineData("U", "1", "1")]
    [InlineData("", "", "")]
    public void Ready_endpoints_are_used_and_else_those_that_serve_to_the_end(string states, string cluster, string local)
    {
        var endpoints = states.Select((s, i) => Some.Endpoint($"10.0.0.{i + 1}", char.ToLowerInvariant(s), char.IsUpper(s) ? "here" : "there"));

        var chosen = Endpoints.Of(Some.Port(80), [Some.Slice([.. endpoints])], isReadyAlways: false, Some.Here);

        Assert.Equal(cluster, Digits(chosen.Cluster));
        Assert.Equal(local, Digits(chosen.Local));
    }

    [Fact]
    public void Not_ready_endpoints_are_used_if_the_service_says_so() =>
        Assert.Equal("12", Digits(Endpoints.Of(Some.Port(80), [Some.Slice(Some.Endpoint("10.0.0.1", 'n'), Some.Endpoint("10.0.0.2"))], isReadyAlways: true, Some.Here).Cluster));

    [Theory]
    [InlineData("west", "east", "1")]
    [InlineData("west,east", "east", "1")]
    [InlineData("east", "east", "12")] // none for us: all
    [InlineData("west", "", "12")] // one without hints: all
    public void Zone_hints_count_if_every_endpoint_has_them_and_one_is_for_us(string first, string second, string expected) =>
        Assert.Equal(expected, Digits(Of(Some.Endpoint("10.0.0.1", zones: first), Some.Endpoint("10.0.0.2", zones: second))));

    [Theory]
    [InlineData("here", "there", "1")]
    [InlineData("there", "there", "12")]
    [InlineData("here", "", "12")]
    public void Node_hints_come_before_zone_hints(string first, string second, string expected) =>
        Assert.Equal(expected, Digits(Of(Some.Endpoint("10.0.0.1", nodes: first), Some.Endpoint("10.0.0.2", nodes: second))));

    [Theory]
    [InlineData("http", "TCP", 1)]
    [InlineData("http", "UDP", 0)]
    [InlineData("other", "TCP", 0)]
    public void A_port_is_found_by_name_and_protocol(string name, string protocol, int count)
    {
        var slice = Some.Slice(name, protocol, 9000, Some.Endpoint("10.0.0.1"));

        var chosen = Endpoints.Of(Some.Port(80, "http"), [slice], isReadyAlways: false, Some.Here).Cluster;

        Assert.Equal(count, chosen.Count);
        Assert.All(chosen, b => Assert.Equal(9000, b.Port)); // the slice knows what number the named port has
    }

    [Fact]
    public void An_endpoint_in_two_slices_counts_once_and_other_families_not_at_all()
    {
        var slice = Some.Slice(Some.Endpoint("10.0.0.1"));

        var chosen = Endpoints.Of(Some.Port(80), [slice, slice, slice with { AddressType = "IPv6", Endpoints = [Some.Endpoint("fd00::1")] }], isReadyAlways: false, Some.Here);

        Assert.Equal("1", Digits(chosen.Cluster));
    }

    private static IReadOnlyList<Backend> Of(params Endpoint[] endpoints) =>
        Endpoints.Of(Some.Port(80), [Some.Slice(endpoints)], isReadyAlways: false, Some.Here).Cluster;

    private static string Digits(IEnumerable<Backend> backends) => string.Concat(backends.Select(b => b.Address.GetAddressBytes()[3]));
}
