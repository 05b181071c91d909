using KubeSharp.ApiServer.Admission.Expressions;
using KubeSharp.ApiServer.Admission.Matching;
using KubeSharp.Kinds.Admission;
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

    public static IEnumerable<Webhook> Of(MutatingWebhookConfiguration configuration) =>
        configuration.Webhooks.Select((h, i) => Of(configuration.Metadata.Name, i, WebhookFields.Of(h)));

    public static IEnumerable<Webhook> Of(ValidatingWebhookConfiguration configuration) =>
        configuration.Webhooks.Select((h, i) => Of(configuration.Metadata.Name, i, WebhookFields.Of(h)));

    private static Webhook Of(string configuration, int index, WebhookFields hook) => new()
    {
        Configuration = configuration,
        Name = hook.Name,
        Index = index,
        Target = hook.ClientConfig,
        Rules = hook.Rules,
        IsExact = hook.MatchPolicy == "Exact",
        Namespaces = RequestMatcher.SelectorOf(hook.NamespaceSelector),
        Objects = RequestMatcher.SelectorOf(hook.ObjectSelector),
        Conditions = MatchConditions.Of(hook.MatchConditions, AdmissionExpressions.ForWebhooks, hook.FailurePolicy == "Ignore"),
        FailsOpen = hook.FailurePolicy == "Ignore",
        Timeout = TimeoutOf(hook.TimeoutSeconds),
        TakesDryRuns = hook.HasNoSideEffects,
        WantsReinvocation = hook.ReinvocationPolicy == "IfNeeded",
        ReviewVersion = VersionOf(hook.AdmissionReviewVersions),
    };

    private static TimeSpan TimeoutOf(int? seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds ?? DefaultTimeoutSeconds, 1, LongestTimeoutSeconds));

    private static string VersionOf(IReadOnlyList<string> versions) => versions.FirstOrDefault(v => v is "v1" or "v1beta1") ?? "";
}
