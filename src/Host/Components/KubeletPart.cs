using System.Net;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.Client.Events;
using KubeSharp.Host.Bootstrap;
using KubeSharp.Host.Config;
using KubeSharp.Host.Pki;
using KubeSharp.Kubelet;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Host.Components;

/// <summary>The agent of this machine's node.</summary>
internal static class KubeletPart
{
    public static KubeletComponent Start(
        Connection connection, ServerOptions options, Machine machine, ClusterKeys keys, TimeProvider clock, ILoggerFactory logs, Loops loops, CancellationToken ct)
    {
        var client = connection.ClientFor(Identities.Node(machine.NodeName), "kubelet");
        var events = new EventRecorder(client, "kubelet", machine.NodeName, clock, Random.Shared, logs.CreateLogger<EventRecorder>());
        loops.Start("events of the kubelet", events.RunAsync, ct);

        var certificate = new RenewingCertificate(() => keys.Kubelet(machine.NodeName, [machine.Address, IPAddress.Loopback]), clock);
        loops.Start("kubelet's certificate", certificate.RunAsync, ct);
        var kubelet = new KubeletComponent(
            OptionsOf(options, machine) with { ServingCertificate = () => certificate.Current, ClientCa = [keys.CertificateAuthority] },
            client,
            connection.Informers,
            events,
            clock,
            Random.Shared,
            logs);
        foreach (var (name, run) in kubelet.Loops)
            loops.Start($"kubelet's {name}", run, ct);
        return kubelet;
    }

    public static KubeletOptions OptionsOf(ServerOptions options, Machine machine) => new()
    {
        NodeName = machine.NodeName,
        DataDir = options.DataDir,
        RunDir = options.RunDir,
        Port = options.KubeletPort,
        Addresses = [machine.Address],
        CgroupRoot = options.CgroupRoot,
        RuntimeEndpoint = options.RuntimeEndpoint,
        CniConfDir = CniConfDirOf(options),
        PauseImage = options.PauseImage,
        ClusterDomain = options.ClusterDomain,
        PodLogsDir = options.DataDir == new ServerOptions().DataDir ? "/var/log/pods" : Path.Combine(options.DataDir, "log", "pods"),
    };

    /// <summary>Where this instance's containerd and pod network meet.</summary>
    public static string CniConfDirOf(ServerOptions options) => Path.Combine(options.DataDir, "cni", "net.d");
}
