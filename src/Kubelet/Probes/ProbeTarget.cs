using System.Globalization;
using KubeSharp.Kubelet.Pods;

namespace KubeSharp.Kubelet.Probes;

/// <summary>The container a probe looks at, in one of its lives.</summary>
/// <param name="IsAdopted">It ran before this kubelet did: its probes spread out instead of starting all at once.</param>
internal sealed record ProbeTarget(
    Pod Pod, Container Container, ContainerKind ContainerKind, string ContainerId, DateTimeOffset StartedAt, string PodIp, bool IsAdopted)
{
    public Probe? ProbeOf(ProbeKind kind) => kind switch
    {
        ProbeKind.Startup => Container.StartupProbe,
        ProbeKind.Liveness => Container.LivenessProbe,
        _ => Container.ReadinessProbe,
    };

    /// <summary>The port's number; null if a name is not among the container's ports.</summary>
    public static int? PortOf(IntOrString port, Container container)
    {
        if (port.IsInt)
            return port.Number is > 0 and < 65536 ? port.Number : null;

        if (container.Ports.FirstOrDefault(p => p.Name == port.Text) is { } named)
            return named.ContainerPortValue;
        return int.TryParse(port.Text, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 65536 ? number : null;
    }

    /// <summary><c>host:port</c>, with the brackets IPv6 wants.</summary>
    public static string HostPort(string host, int port) => host.Contains(':') ? $"[{host}]:{port}" : $"{host}:{port}";
}
