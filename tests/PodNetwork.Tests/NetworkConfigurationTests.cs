using System.Text;
using System.Text.Json.Nodes;
using KubeSharp.PodNetwork.Cni;

namespace KubeSharp.PodNetwork.Tests;

public sealed class NetworkConfigurationTests
{
    [Fact]
    public void Says_which_addresses_pods_get_and_how_they_are_linked()
    {
        var expected = JsonNode.Parse("""
            {
              "cniVersion": "1.0.0",
              "name": "kubesharp",
              "plugins": [
                {
                  "type": "ptp", "ipMasq": false, "mtu": 1450,
                  "ipam": {
                    "type": "host-local", "dataDir": "/run/x/cni/addresses",
                    "ranges": [[{"subnet": "10.42.7.0/24"}]],
                    "routes": [{"dst": "0.0.0.0/0"}]
                  }
                },
                {"type": "portmap", "capabilities": {"portMappings": true}, "snat": true, "markMasqBit": 13}
              ]
            }
            """);

        var actual = Configuration(1450, "ptp", "portmap");

        Assert.True(JsonNode.DeepEquals(expected, actual), actual.ToString());
    }

    [Fact]
    public void Leaves_out_plugins_that_are_not_installed_and_an_unknown_mtu()
    {
        var actual = Configuration(0, "ptp");

        Assert.Single(actual["plugins"]!.AsArray());
        Assert.Null(actual["plugins"]![0]!["mtu"]);
    }

    private static JsonNode Configuration(uint mtu, params IEnumerable<string> plugins) =>
        JsonNode.Parse(Encoding.UTF8.GetString(
            new NetworkConfiguration("kubesharp", "10.42.7.0/24", mtu, "/run/x/cni/addresses", plugins.ToHashSet()).ToJson()))!;
}
