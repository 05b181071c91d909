using System.Globalization;
using System.Net;
using KubeSharp.Objects.DiscoveryV1;

namespace KubeSharp.ApiServer.Streams;

/// <summary>Resolves the names of the proxy subresources: <c>name</c>, <c>name:port</c>, <c>https:name:port</c>.</summary>
internal sealed class ProxyTarget(IObjects objects, Random random)
{
    public async ValueTask<Backend> PodAsync(string ns, string id, string target, CancellationToken ct)
    {
        var (scheme, name, port) = Split(id);
        var pod = await PodTarget.FindAsync(objects, new(ns, name), ct);
        var number = port.Length > 0
            ? NumberOf(port) ?? throw ApiException.BadRequest($"invalid pod request \"{id}\"")
            : pod.Spec.Containers.SelectMany(c => c.Ports).FirstOrDefault()?.ContainerPortValue ?? (scheme == "https" ? 443 : 80);
        return new(scheme, Allowed(pod.Status.PodIP), number, target, BackendTrust.Any);
    }

    public async ValueTask<Backend> ServiceAsync(string ns, string id, string target, CancellationToken ct)
    {
        var (scheme, name, port) = Split(id);
        var service = await objects.FindAsync<Service>(new(ns, name), ct) ?? throw ApiException.NotFound("", "services", name);
        var portName = PortName(service, port);
        var slices = objects.List<EndpointSlice>().Where(s => s.Metadata.Namespace == ns && s.Metadata.Labels.GetValueOrDefault("kubernetes.io/service-name") == name);
        var ready = (from slice in slices
                     from slicePort in slice.Ports
                     where (slicePort.Name ?? "") == portName && slicePort.Port is not null
                     from endpoint in slice.Endpoints
                     where endpoint.Conditions.Ready != false && endpoint.Addresses.Count > 0
                     select (Address: endpoint.Addresses[0], Port: slicePort.Port!.Value)).ToList();
        if (ready.Count == 0)
            throw ApiException.Unavailable($"no endpoints available for service \"{name}\"");

        int index;
        lock (random)
            index = random.Next(ready.Count);
        return new(scheme, Allowed(ready[index].Address), ready[index].Port, target, BackendTrust.Any);
    }

    public async ValueTask<Backend> NodeAsync(string id, string target, CancellationToken ct)
    {
        var (scheme, name, port) = Split(id);
        var (host, kubelet) = await NodeAddress.OfAsync(objects, name, ct);
        var number = port.Length > 0 ? NumberOf(port) ?? throw ApiException.BadRequest($"invalid node request \"{id}\"") : kubelet;

        // Node addresses are in the hands of the nodes' own agents, so they too are checked; the kubelet's own port is meant to be reached.
        return number == kubelet
            ? new("https", host, kubelet, target, BackendTrust.Kubelet)
            : new(scheme, Allowed(host), number, target, BackendTrust.Any);
    }

    private static (string Scheme, string Name, string Port) Split(string id) => id.Split(':') switch
    {
        [var name] => ("http", name, ""),
        [var name, var port] => ("http", name, port),
        ["" or "http", var name, var port] => ("http", name, port),
        ["https", var name, var port] => ("https", name, port),
        _ => throw ApiException.BadRequest($"invalid service request \"{id}\""),
    };

    private static string PortName(Service service, string port)
    {
        if (port.Length == 0)
            return service.Spec.Ports is [var only] ? only.Name : "";

        var found = service.Spec.Ports.FirstOrDefault(p => p.Name == port) ?? service.Spec.Ports.FirstOrDefault(p => p.Port == NumberOf(port));
        return found?.Name ?? throw ApiException.Unavailable($"no service port \"{port}\" found for service \"{service.Metadata.Name}\"");
    }

    private static int? NumberOf(string port) => int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 65536 ? number : null;

    /// <summary>Who may proxy could otherwise have this server talk to itself or to its machine's metadata service.</summary>
    private static string Allowed(string address)
    {
        if (address.Length == 0)
            throw ApiException.Unavailable("address not allowed: there is none yet");

        return IPAddress.TryParse(address, out var ip) && IsProxyable(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip)
            ? address
            : throw ApiException.BadRequest("address not allowed");
    }

    private static bool IsProxyable(IPAddress ip)
    {
        var bytes = ip.GetAddressBytes();
        var isLocal = bytes.Length == 4
            ? bytes is [169, 254, ..] or [0, ..] or [>= 224, ..]
            : ip.IsIPv6LinkLocal || ip.IsIPv6Multicast || ip.Equals(IPAddress.IPv6Any);
        return !isLocal && !IPAddress.IsLoopback(ip);
    }
}
