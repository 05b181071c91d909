using KubeSharp.ApiServer.Authentication;
using KubeSharp.Host.Bootstrap;
using KubeSharp.Host.Config;
using KubeSharp.Kubelet;
using KubeSharp.Linux.Netlink;
using KubeSharp.Linux.Nftables;
using KubeSharp.PodNetwork;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Host.Components;

/// <summary>This node's pod network.</summary>
internal static class NetworkPart
{
    /// <param name="kubelet">Knows which sandboxes live; <see langword="null"/>: no address is freed.</param>
    public static void Start(
        Connection connection, ServerOptions options, Machine machine, KubeletComponent? kubelet, INftables nftables, TimeProvider clock, ILoggerFactory logs, Loops loops, CancellationToken ct)
    {
        var network = new PodNetworkComponent(
            connection.Informers,
            connection.ClientFor(Identities.Node(machine.NodeName), "pod-network"),
            OptionsOf(options, machine.NodeName),
            nftables,
            new NetworkStack(),
            new NetworkMonitor(),
            new(),
            kubelet is null ? _ => Task.FromResult<IReadOnlySet<string>?>(null) : kubelet.LiveSandboxesAsync,
            clock,
            logs);
        loops.Start("pod network", network.RunAsync, ct);
    }

    public static PodNetworkOptions OptionsOf(ServerOptions options, string nodeName) => new()
    {
        NodeName = nodeName,
        ClusterCidr = options.ClusterCidr,
        CniConfDir = KubeletPart.CniConfDirOf(options),
        RunDir = options.RunDir,
    };
}
