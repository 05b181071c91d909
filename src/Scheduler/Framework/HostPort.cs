namespace KubeSharp.Scheduler.Framework;

/// <summary>A port of the node that a pod takes.</summary>
internal readonly record struct HostPort(string Address, string Protocol, int Port)
{
    private const string Any = "0.0.0.0";

    public static HostPort[] Of(Pod pod)
    {
        var ports = new List<HostPort>();
        Collect(pod.Spec.Containers, onlySidecars: false, ports);
        Collect(pod.Spec.InitContainers, onlySidecars: true, ports);
        return [.. ports];
    }

    /// <summary>The same port on an address that overlaps.</summary>
    public bool Clashes(HostPort other) =>
        Port == other.Port && Protocol == other.Protocol && (Address == other.Address || Address == Any || other.Address == Any);

    private static void Collect(IReadOnlyList<Container> containers, bool onlySidecars, List<HostPort> ports)
    {
        foreach (var container in containers)
        {
            if (onlySidecars && container.RestartPolicy != "Always")
                continue;

            foreach (var port in container.Ports)
            {
                if (port.HostPort > 0)
                    ports.Add(new(port.HostIP.Length == 0 ? Any : port.HostIP, port.Protocol.Length == 0 ? "TCP" : port.Protocol, port.HostPort));
            }
        }
    }
}
