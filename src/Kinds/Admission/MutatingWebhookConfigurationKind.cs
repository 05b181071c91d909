using KubeSharp.Objects.AdmissionregistrationV1;

namespace KubeSharp.Kinds.Admission;

/// <summary>All the API server knows about MutatingWebhookConfigurations.</summary>
internal sealed class MutatingWebhookConfigurationKind : WebhookConfigurationKind<MutatingWebhookConfiguration>
{
    public override MutatingWebhookConfiguration ApplyDefaults(MutatingWebhookConfiguration obj) =>
        obj.Webhooks.Count == 0 ? obj : obj with { Webhooks = [.. obj.Webhooks.Select(Default)] };

    protected override IReadOnlyList<WebhookFields> Hooks(MutatingWebhookConfiguration obj) => [.. obj.Webhooks.Select(WebhookFields.Of)];

    private static MutatingWebhook Default(MutatingWebhook hook)
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
            ReinvocationPolicy = hook.ReinvocationPolicy ?? "Never",
        };
    }
}
