using KubeSharp.ApiServer.Admission.Expressions;
using KubeSharp.ApiServer.Admission.Matching;
using KubeSharp.Objects.AdmissionregistrationV1;
using KubeSharp.Objects.Policies;

namespace KubeSharp.ApiServer.Admission.Webhooks;

/// <summary>One webhook of a configuration, ready for use. Immutable.</summary>
internal sealed record Webhook
{
    private const int DefaultTimeoutSeconds = 10;
    private const int LongestTimeoutSeconds = 30;

    public required string Configuration { get; init; }

    public required string Name { get; init; }

    /// <summary>Where it stands in its configuration.</summary>
    public required int Index { get; init; }

    public string Id => field ??= $"webhook/{Configuration}/{Name}";

    public required WebhookClientConfig Target { get; init; }

    public required IReadOnlyList<RuleWithOperations> Rules { get; init; }

    /// <summary>Whether rules are only about the resource as it was named, and not about other versions of it.</summary>
    public required bool IsExact { get; init; }

    public required Selector Namespaces { get; init; }

    public required Selector Objects { get; init; }

    public required MatchConditions Conditions { get; init; }

    /// <summary>Whether a write goes on when the webhook cannot be asked.</summary>
    public required bool FailsOpen { get; init; }

    public required TimeSpan Timeout { get; init; }

    /// <summary>Whether it promises to do nothing on a dry run.</summary>
    public required bool TakesDryRuns { get; init; }

    /// <summary>Whether it wants to see the object again if others change it later.</summary>
    public bool WantsReinvocation { get; init; }

    /// <summary>The version of AdmissionReview that both sides know; empty if there is none.</summary>
    public required string ReviewVersion { get; init; }

    public static IEnumerable<Webhook> Of(MutatingWebhookConfiguration configuration) => configuration.Webhooks.Select((h, i) => new Webhook
    {
        Configuration = configuration.Metadata.Name,
        Name = h.Name,
        Index = i,
        Target = h.ClientConfig,
        Rules = h.Rules,
        IsExact = h.MatchPolicy == "Exact",
        Namespaces = RequestMatcher.SelectorOf(h.NamespaceSelector),
        Objects = RequestMatcher.SelectorOf(h.ObjectSelector),
        Conditions = MatchConditions.Of(h.MatchConditions, AdmissionExpressions.ForWebhooks, h.FailurePolicy == "Ignore"),
        FailsOpen = h.FailurePolicy == "Ignore",
        Timeout = TimeoutOf(h.TimeoutSeconds),
        TakesDryRuns = h.SideEffects is "None" or "NoneOnDryRun",
        WantsReinvocation = h.ReinvocationPolicy == "IfNeeded",
        ReviewVersion = VersionOf(h.AdmissionReviewVersions),
    });

    public static IEnumerable<Webhook> Of(ValidatingWebhookConfiguration configuration) => configuration.Webhooks.Select((h, i) => new Webhook
    {
        Configuration = configuration.Metadata.Name,
        Name = h.Name,
        Index = i,
        Target = h.ClientConfig,
        Rules = h.Rules,
        IsExact = h.MatchPolicy == "Exact",
        Namespaces = RequestMatcher.SelectorOf(h.NamespaceSelector),
        Objects = RequestMatcher.SelectorOf(h.ObjectSelector),
        Conditions = MatchConditions.Of(h.MatchConditions, AdmissionExpressions.ForWebhooks, h.FailurePolicy == "Ignore"),
        FailsOpen = h.FailurePolicy == "Ignore",
        Timeout = TimeoutOf(h.TimeoutSeconds),
        TakesDryRuns = h.SideEffects is "None" or "NoneOnDryRun",
        ReviewVersion = VersionOf(h.AdmissionReviewVersions),
    });

    private static TimeSpan TimeoutOf(int? seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds ?? DefaultTimeoutSeconds, 1, LongestTimeoutSeconds));

    private static string VersionOf(IReadOnlyList<string> versions) => versions.FirstOrDefault(v => v is "v1" or "v1beta1") ?? "";
}
