using KubeSharp.Objects.AdmissionregistrationV1;

namespace KubeSharp.Kinds.Admission;

/// <summary>All the API server knows about ValidatingWebhookConfigurations.</summary>
internal sealed class ValidatingWebhookConfigurationKind : WebhookConfigurationKind<ValidatingWebhookConfiguration>
{
    public override ValidatingWebhookConfiguration ApplyDefaults(ValidatingWebhookConfiguration obj) =>
        obj.Webhooks.Count == 0 ? obj : obj with { Webhooks = [.. obj.Webhooks.Select(Default)] };

    protected override IReadOnlyList<WebhookFields> Hooks(ValidatingWebhookConfiguration obj) => [.. obj.Webhooks.Select(WebhookFields.Of)];

    private static ValidatingWebhook Default(ValidatingWebhook hook)
    {
        var full = WebhookFields.Of(hook).Defaulted();
        return hook with
        {
            ClientConfig = full.ClientConfig,
            Rules = full.Rules,
            FailurePolicy = full.FailurePolicy,
            MatchPolicy = full.MatchPolicy,
            NamespaceSelector = full.NamespaceSelector,
            ObjectSelector = full.ObjectSelector,
            TimeoutSeconds = full.TimeoutSeconds,
        };
    }
}
