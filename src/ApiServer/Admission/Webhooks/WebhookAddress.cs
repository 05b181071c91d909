using System.Globalization;
using KubeSharp.ApiServer.Streams;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.Objects.AdmissionregistrationV1;

namespace KubeSharp.ApiServer.Admission.Webhooks;

/// <summary>Where a webhook listens. A Service is resolved to one of its endpoints here: the server need not be on the pods' side of any proxy.</summary>
internal sealed class WebhookAddress(IObjects objects, Chance chance)
{
    private const int DefaultPort = 443;

    private readonly ServiceAddresses _services = new(objects, chance);

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
    public ValueTask<(string Host, int Port)> ResolveAsync(ServiceReference reference, CancellationToken ct) =>
        _services.EndpointAsync(new(reference.Namespace, reference.Name), reference.Port ?? DefaultPort, ct);
}
