using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using KubeSharp.Host.Config;

namespace KubeSharp.Host.Bootstrap;

/// <summary>What this machine is called and how others reach it.</summary>
internal sealed record Machine(string NodeName, IPAddress Address, IReadOnlyList<IPAddress> AllAddresses)
{
    public static Machine Of(ServerOptions options)
    {
        var name = options.NodeName.Length > 0 ? options.NodeName : Dns.GetHostName().ToLowerInvariant();
        var all = Addresses();
        return new(name, options.NodeIp ?? AddressTowardsOutside() ?? all.FirstOrDefault(a => !IPAddress.IsLoopback(a)) ?? IPAddress.Loopback, all);
    }

    /// <summary>The names and addresses a server certificate must cover.</summary>
    public (IReadOnlyList<string> Names, IReadOnlyList<IPAddress> Addresses) Alternatives(ServerOptions options, IPAddress service)
    {
        var sans = options.TlsSans.ToLookup(s => IPAddress.TryParse(s, out _));
        string[] names =
        [
            "localhost", NodeName, "kubernetes", "kubernetes.default", "kubernetes.default.svc",
            $"kubernetes.default.svc.{options.ClusterDomain}", .. sans[false],
        ];
        IPAddress[] addresses = [IPAddress.Loopback, IPAddress.IPv6Loopback, Address, service, .. sans[true].Select(IPAddress.Parse)];
        return ([.. names.Distinct()], [.. addresses.Distinct()]);
    }

    /// <summary>The source address the kernel would use for the default route; nothing is sent.</summary>
    private static IPAddress? AddressTowardsOutside()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(IPAddress.Parse("192.0.2.1"), 9);
            return (socket.LocalEndPoint as IPEndPoint)?.Address;
        }
        catch (SocketException)
        {
            return null; // no default route: a machine without a network is still a cluster
        }
    }

    private static List<IPAddress> Addresses() =>
        [.. from nic in NetworkInterface.GetAllNetworkInterfaces()
            where nic.OperationalStatus == OperationalStatus.Up
            from unicast in nic.GetIPProperties().UnicastAddresses
            where unicast.Address.AddressFamily == AddressFamily.InterNetwork
            select unicast.Address];
}
