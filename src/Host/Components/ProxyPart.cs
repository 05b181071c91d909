using KubeSharp.Host.Bootstrap;
using KubeSharp.Host.Config;
using KubeSharp.Linux.Conntrack;
using KubeSharp.Linux.Nftables;
using KubeSharp.ServiceProxy;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Host.Components;

/// <summary>This node's service proxy.</summary>
internal static class ProxyPart
{
    /// <returns>Completes when the rules were written once.</returns>
    public static Task Start(Connection connection, ServerOptions options, Machine machine, INftables nftables, TimeProvider clock, ILoggerFactory logs, Loops loops, CancellationToken ct)
    {
        var proxy = new ServiceProxyComponent(
            connection.Informers, OptionsOf(options, machine.NodeName), nftables, new NetlinkConntrack(), new(), clock, logs);
        loops.Start("service proxy", proxy.RunAsync, ct);
        return proxy.FirstWrite;
    }

    public static ServiceProxy.ServiceProxyOptions OptionsOf(ServerOptions options, string nodeName) => new()
    {
        NodeName = nodeName,
        ClusterCidr = options.ClusterCidr,
        ServiceCidr = OptionsCheck.Networks(options.ServiceCidr)[0].ToString(), // the proxy's rules are IPv4
    };
}
