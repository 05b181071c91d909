using KubeSharp.Objects.AdmissionregistrationV1;

namespace KubeSharp.Kinds.Admission;

/// <summary>A webhook of either sort: the API has two structs that differ by one field.</summary>
/// <param name="ReinvocationPolicy"><see langword="null"/> for webhooks that validate.</param>
public sealed record WebhookFields(
    string Name,
    WebhookClientConfig ClientConfig,
    IReadOnlyList<RuleWithOperations> Rules,
    string? FailurePolicy,
    string? MatchPolicy,
    LabelSelector? NamespaceSelector,
    LabelSelector? ObjectSelector,
    string? SideEffects,
    int? TimeoutSeconds,
    IReadOnlyList<string> AdmissionReviewVersions,
    string? ReinvocationPolicy,
    IReadOnlyList<MatchCondition> MatchConditions)
{
    public static WebhookFields Of(ValidatingWebhook w) => new(
        w.Name, w.ClientConfig, w.Rules, w.FailurePolicy, w.MatchPolicy, w.NamespaceSelector, w.ObjectSelector, w.SideEffects, w.TimeoutSeconds,
        w.AdmissionReviewVersions, null, w.MatchConditions);

    public static WebhookFields Of(MutatingWebhook w) => new(
        w.Name, w.ClientConfig, w.Rules, w.FailurePolicy, w.MatchPolicy, w.NamespaceSelector, w.ObjectSelector, w.SideEffects, w.TimeoutSeconds,
        w.AdmissionReviewVersions, w.ReinvocationPolicy, w.MatchConditions);

    /// <summary>This with what it leaves open filled in.</summary>
    public WebhookFields Defaulted() => this with
    {
        ClientConfig = ClientConfig.Service is { Port: null } service ? ClientConfig with { Service = service with { Port = 443 } } : ClientConfig,
        Rules = Rules.All(r => r.Scope is not null) ? Rules : [.. Rules.Select(r => r with { Scope = r.Scope ?? "*" })],
        FailurePolicy = FailurePolicy ?? "Fail",
        MatchPolicy = MatchPolicy ?? "Equivalent",
        NamespaceSelector = NamespaceSelector ?? LabelSelector.Empty,
        ObjectSelector = ObjectSelector ?? LabelSelector.Empty,
        TimeoutSeconds = TimeoutSeconds ?? 10,
    };

    public bool HasNoSideEffects => SideEffects is "None" or "NoneOnDryRun";

    /// <summary>Whether it understands a review that this server sends.</summary>
    public bool KnowsReviews => AdmissionReviewVersions.Any(v => v is "v1" or "v1beta1");
}
