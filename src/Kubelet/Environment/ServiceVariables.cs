using System.Globalization;

namespace KubeSharp.Kubelet.Environment;

/// <summary>The variables that tell a container where services are, in the form that Docker's links once had.</summary>
internal static class ServiceVariables
{
    /// <param name="services">Of the pod's namespace and of <c>default</c>.</param>
    /// <param name="links">The pod's enableServiceLinks; without, only the API server's own service is told.</param>
    public static IReadOnlyDictionary<string, string> Of(IEnumerable<Service> services, string podNamespace, bool links)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var told = services.Where(s => s.Spec.ClusterIP is not ("" or "None") && s.Spec.Ports.Count > 0)
            .Where(s => IsApiServer(s) || (links && s.Metadata.Namespace == podNamespace))
            .OrderBy(s => IsApiServer(s) && s.Metadata.Namespace != podNamespace ? 0 : 1); // a namespace's own "kubernetes" wins
        foreach (var service in told)
            Add(variables, service);
        return variables;
    }

    private static bool IsApiServer(Service s) => s.Metadata is { Namespace: "default", Name: "kubernetes" };

    private static void Add(SortedDictionary<string, string> variables, Service service)
    {
        var name = Variable(service.Metadata.Name);
        var host = service.Spec.ClusterIP;
        var first = service.Spec.Ports[0];
        variables[$"{name}_SERVICE_HOST"] = host;
        variables[$"{name}_SERVICE_PORT"] = Text(first.Port);
        variables[$"{name}_PORT"] = Url(first, host);
        foreach (var port in service.Spec.Ports)
        {
            if (port.Name.Length > 0)
                variables[$"{name}_SERVICE_PORT_{Variable(port.Name)}"] = Text(port.Port);
            var prefix = $"{name}_PORT_{Text(port.Port)}_{Protocol(port)}";
            variables[prefix] = Url(port, host);
            variables[prefix + "_PROTO"] = Protocol(port).ToLowerInvariant();
            variables[prefix + "_PORT"] = Text(port.Port);
            variables[prefix + "_ADDR"] = host;
        }
    }

    private static string Url(ServicePort port, string host) =>
        $"{Protocol(port).ToLowerInvariant()}://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{Text(port.Port)}";

    private static string Protocol(ServicePort port) => port.Protocol.Length == 0 ? "TCP" : port.Protocol.ToUpperInvariant();

    private static string Variable(string name) => name.ToUpperInvariant().Replace('-', '_');

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
