using KubeSharp.Objects.ApiextensionsV1;
using KubeSharp.ApiServer.Verbs;

namespace KubeSharp.ApiServer.CustomResources;

/// <summary>Chooses how the versions of a custom resource are converted.</summary>
internal sealed class Converters(IObjects objects, Chance chance, TimeProvider clock)
{
    private static readonly NoConverter None = new();

    public IConverter Of(CustomResourceDefinition definition)
    {
        try
        {
            return definition.Spec.Conversion is { Strategy: "Webhook", Webhook.ClientConfig: not null } ? new ConversionWebhook(definition, AddressAsync, chance.Uid, clock) : None;
        }
        catch (System.Security.Cryptography.CryptographicException e)
        {
            throw ApiException.Internal($"the caBundle of the conversion webhook of {definition.Metadata.Name} holds no certificates", e);
        }
    }

    private async ValueTask<string> AddressAsync(ServiceReference reference, CancellationToken ct)
    {
        var service = await objects.FindAsync<Service>(new(reference.Namespace, reference.Name), ct)
            ?? throw new HttpRequestException($"service \"{reference.Name}\" not found in namespace \"{reference.Namespace}\"");
        if (service.Spec.Type == "ExternalName")
            return service.Spec.ExternalName;
        if (service.Spec.ClusterIP is "" or "None")
            throw new HttpRequestException($"service \"{reference.Name}\" has no cluster IP");
        return service.Spec.ClusterIP.Contains(':', StringComparison.Ordinal) ? $"[{service.Spec.ClusterIP}]" : service.Spec.ClusterIP;
    }
}
