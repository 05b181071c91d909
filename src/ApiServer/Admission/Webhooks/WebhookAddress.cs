using System.Globalization;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.Objects.AdmissionregistrationV1;
using KubeSharp.Objects.DiscoveryV1;

namespace KubeSharp.ApiServer.Admission.Webhooks;

/// <summary>Where a webhook listens. A Service is resolved to one of its endpoints here: the server need not be on the pods' side of any proxy.</summary>
internal sealed class WebhookAddress(IObjects objects, Chance chance)
{
    private const int DefaultPort = 443;

    /// <summary>The URL the webhook is called by, whoever answers; messages name it.</summary>
    public static string UrlOf(WebhookClientConfig target)
    {
        if (target.Service is not { } service)
            return target.Url ?? "";

        var path = service.Path ?? "";
        return string.Create(CultureInfo.InvariantCulture, $"https://{service.Name}.{service.Namespace}.svc:{service.Port ?? DefaultPort}{(path.StartsWith('/') ? "" : "/")}{path}");
    }

    /// <summary>The name the webhook's certificate must be for.</summary>
    public static string HostOf(WebhookClientConfig target) => target.Service is { } service ? $"{service.Name}.{service.Namespace}.svc" : new Uri(UrlOf(target)).IdnHost;

    /// <returns>Host or address, and port.</returns>
    /// <exception cref="IOException">Nobody answers for the service.</exception>
    public async ValueTask<(string Host, int Port)> ResolveAsync(ServiceReference reference, CancellationToken ct)
    {
        var service = await objects.FindAsync<Service>(new(reference.Namespace, reference.Name), ct) ?? throw new IOException($"service \"{reference.Name}\" not found");
        var wanted = reference.Port ?? DefaultPort;
        if (service.Spec.Type == "ExternalName")
            return (service.Spec.ExternalName, wanted);

        var port = service.Spec.Ports.FirstOrDefault(p => p.Port == wanted)
            ?? throw new IOException(string.Create(CultureInfo.InvariantCulture, $"no service port {wanted} found for service \"{reference.Name}\""));
        var ready = (from slice in objects.List<EndpointSlice>()
                     where slice.Metadata.Namespace == reference.Namespace && slice.Metadata.Labels.GetValueOrDefault("kubernetes.io/service-name") == reference.Name
                     from slicePort in slice.Ports
                     where (slicePort.Name ?? "") == port.Name && slicePort.Port is not null
                     from endpoint in slice.Endpoints
                     where endpoint.Conditions.Ready != false && endpoint.Addresses.Count > 0
                     select (endpoint.Addresses[0], slicePort.Port!.Value)).ToList();
        if (ready.Count == 0)
            throw new IOException($"no endpoints available for service \"{reference.Name}\"");

        return ready[chance.Next(ready.Count)];
    }
}
