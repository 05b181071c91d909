using KubeSharp.ApiServer.Admission.Webhooks;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.ApiServer.CustomResources;

/// <summary>Chooses how the versions of a custom resource are converted.</summary>
internal sealed class Converters(IObjects objects, Chance chance, TimeProvider clock)
{
    private static readonly NoConverter None = new();

    private readonly WebhookClients _clients = new(new WebhookAddress(objects, chance));

    public IConverter Of(CustomResourceDefinition definition) =>
        definition.Spec.Conversion is { Strategy: "Webhook", Webhook.ClientConfig: not null } ? new ConversionWebhook(definition, _clients, chance.Uid, clock) : None;
}
