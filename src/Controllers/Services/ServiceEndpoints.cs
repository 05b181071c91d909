using KubeSharp.Objects.DiscoveryV1;
using EndpointPort = KubeSharp.Objects.DiscoveryV1.EndpointPort;

namespace KubeSharp.Controllers.Services;

/// <summary>Which pods stand behind a Service, and on which ports. Pure.</summary>
internal static class ServiceEndpoints
{
    /// <summary>The endpoints by the ports they share: named target ports may differ from pod to pod.</summary>
    public static IReadOnlyList<(IReadOnlyList<EndpointPort> Ports, IReadOnlyList<Endpoint> Endpoints)> Of(Service service, IEnumerable<Pod> pods)
    {
        var groups = new Dictionary<string, (IReadOnlyList<EndpointPort> Ports, List<Endpoint> Endpoints)>();
        foreach (var pod in pods.Where(p => IsEndpoint(p, service)).OrderBy(p => p.Metadata.Name, StringComparer.Ordinal))
        {
            var ports = PortsOf(service, pod);
            if (ports.Count == 0 && service.Spec.Ports.Count > 0)
                continue;

            var key = string.Join(';', ports.Select(p => $"{p.Name}/{p.Protocol}/{p.Port}"));
            if (!groups.TryGetValue(key, out var group))
                groups[key] = group = (ports, []);
            group.Endpoints.Add(EndpointOf(service, pod));
        }

        return [.. groups.OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Value.Ports, (IReadOnlyList<Endpoint>)g.Value.Endpoints))];
    }

    /// <summary>Pods on their way out stay, as terminating ones, so that proxies can finish what runs; finished ones do not.</summary>
    public static bool IsEndpoint(Pod pod, Service service) =>
        pod.Status.PodIP.Length > 0 && pod.Status.Phase is not ("Succeeded" or "Failed")
        && (pod.Metadata.DeletionTimestamp is null || pod.Spec.NodeName.Length > 0);

    public static IReadOnlyList<EndpointPort> PortsOf(Service service, Pod pod)
    {
        var ports = new List<EndpointPort>();
        foreach (var port in service.Spec.Ports)
        {
            if (NumberOf(port, pod) is { } number)
                ports.Add(new() { Name = port.Name, Protocol = port.Protocol, Port = number, AppProtocol = port.AppProtocol });
        }

        return ports;
    }

    private static int? NumberOf(ServicePort port, Pod pod)
    {
        if (port.TargetPort.IsInt)
            return port.TargetPort.Number > 0 ? port.TargetPort.Number : port.Port;

        return pod.Spec.Containers.Concat(pod.Spec.InitContainers.Where(c => c.RestartPolicy == "Always"))
            .SelectMany(c => c.Ports).FirstOrDefault(p => p.Name == port.TargetPort.Text && p.Protocol == port.Protocol)?.ContainerPortValue;
    }

    private static Endpoint EndpointOf(Service service, Pod pod)
    {
        var isServing = pod.IsReady();
        var isTerminating = pod.Metadata.DeletionTimestamp is not null;
        var isNamed = pod.Spec.Hostname.Length > 0 && pod.Spec.Subdomain == service.Metadata.Name;
        return new()
        {
            Addresses = [pod.Status.PodIP],
            Conditions = new()
            {
                Ready = service.Spec.PublishNotReadyAddresses || (isServing && !isTerminating),
                Serving = isServing,
                Terminating = isTerminating,
            },
            Hostname = isNamed ? pod.Spec.Hostname : null,
            NodeName = pod.Spec.NodeName,
            TargetRef = new() { Kind = "Pod", Namespace = pod.Metadata.Namespace, Name = pod.Metadata.Name, Uid = pod.Metadata.Uid },
        };
    }
}
