using System.Globalization;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.Objects.DiscoveryV1;

namespace KubeSharp.ApiServer.Streams;

/// <summary>Where a Service is reached that this server calls by itself: webhooks, aggregated API servers.</summary>
internal sealed class ServiceAddresses(IObjects objects, Chance chance)
{
    private const string ServiceName = "kubernetes.io/service-name";

    /// <summary>One of the service's endpoints: the server need not be on the pods' side of any proxy.</summary>
    /// <returns>Host or address, and port.</returns>
    /// <exception cref="IOException">Nobody answers for the service.</exception>
    public async ValueTask<(string Host, int Port)> EndpointAsync(ObjectKey key, int wanted, CancellationToken ct)
    {
        var service = await FindAsync(key, ct);
        if (service.Spec.Type == "ExternalName")
            return (service.Spec.ExternalName, wanted);

        var port = PortOf(service, wanted);
        var ready = (from slice in objects.List<EndpointSlice>()
                     where slice.Metadata.Namespace == key.Namespace && slice.Metadata.Labels.GetValueOrDefault(ServiceName) == key.Name
                     from slicePort in slice.Ports
                     where (slicePort.Name ?? "") == port.Name && slicePort.Port is not null
                     from endpoint in slice.Endpoints
                     where endpoint.Conditions.Ready != false && endpoint.Addresses.Count > 0
                     select (endpoint.Addresses[0], slicePort.Port!.Value)).ToList();
        if (ready.Count == 0)
            throw new IOException($"no endpoints available for service \"{key.Name}\"");

        return ready[chance.Next(ready.Count)];
    }

    /// <summary>The service's cluster address: whatever proxies services on this machine chooses the endpoint.</summary>
    /// <exception cref="IOException">There is no such service or port, or it has no address.</exception>
    public async ValueTask<(string Host, int Port)> ClusterAddressAsync(ObjectKey key, int wanted, CancellationToken ct)
    {
        var service = await FindAsync(key, ct);
        return service.Spec.Type switch
        {
            "ExternalName" => (service.Spec.ExternalName, wanted),
            _ when service.Spec.ClusterIP is "None" or "" => throw new IOException("cannot route to service with ClusterIP \"None\""),
            "ClusterIP" or "NodePort" or "LoadBalancer" => (service.Spec.ClusterIP, PortOf(service, wanted).Port),
            var other => throw new IOException($"unsupported service type \"{other}\""),
        };
    }

    private async ValueTask<Service> FindAsync(ObjectKey key, CancellationToken ct) =>
        await objects.FindAsync<Service>(key, ct) ?? throw new IOException($"service \"{key.Name}\" not found");

    private static ServicePort PortOf(Service service, int wanted) => service.Spec.Ports.FirstOrDefault(p => p.Port == wanted)
        ?? throw new IOException(string.Create(CultureInfo.InvariantCulture, $"no service port {wanted} found for service \"{service.Metadata.Name}\""));
}
