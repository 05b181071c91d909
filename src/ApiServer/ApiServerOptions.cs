using System.Net;
using KubeSharp.ApiServer.Aggregation;
using KubeSharp.ApiServer.Encryption;

namespace KubeSharp.ApiServer;

/// <summary>What the API server's core must know of its cluster.</summary>
public sealed record ApiServerOptions
{
    /// <summary><c>--service-cluster-ip-range</c>, the first of it: Services are of its family if they do not say otherwise; its first address is the API server's own Service.</summary>
    public IPNetwork ServiceCidr { get; init; } = IPNetwork.Parse("10.96.0.0/12");

    /// <summary>The second of <c>--service-cluster-ip-range</c>, of the other family: Services may have an address of each.</summary>
    public IPNetwork? SecondServiceCidr { get; init; }

    /// <summary><c>--service-node-port-range</c>, both ends included.</summary>
    public (int First, int Last) NodePortRange { get; init; } = (30000, 32767);

    /// <summary><c>--advertise-address</c>: where the <c>kubernetes</c> Service leads.</summary>
    public IPAddress AdvertiseAddress { get; init; } = IPAddress.Loopback;

    /// <summary><c>--secure-port</c>.</summary>
    public int AdvertisePort { get; init; } = 6443;

    /// <summary>How much is done at once, and who has to wait.</summary>
    public Fairness.FairnessOptions Fairness { get; init; } = new();

    /// <summary>What is stored encrypted; nothing if null.</summary>
    public StorageEncryption? Encryption { get; init; }

    /// <summary>How this server and those behind it know each other.</summary>
    public FrontProxy FrontProxy { get; init; } = new();
}
