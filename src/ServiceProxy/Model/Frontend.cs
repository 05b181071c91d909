using System.Net;

namespace KubeSharp.ServiceProxy.Model;

internal enum FrontendType
{
    ClusterIP,

    /// <summary>An external IP, or the address of a load balancer.</summary>
    External,
    NodePort,
}

/// <summary>What clients connect to.</summary>
/// <param name="Address"><see cref="IPAddress.Any"/> for a node port: every address of the node.</param>
/// <param name="Protocol">As nft spells it: <c>tcp</c>, <c>udp</c>, <c>sctp</c>.</param>
internal readonly record struct Frontend(FrontendType Type, IPAddress Address, string Protocol, ushort Port);
