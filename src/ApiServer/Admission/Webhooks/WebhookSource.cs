using KubeSharp.Objects.AdmissionregistrationV1;

namespace KubeSharp.ApiServer.Admission.Webhooks;

/// <summary>The webhooks of one kind of configuration in the order in which they are asked; derived once from each state of the cache.</summary>
internal sealed class WebhookSource<T>(IObjects objects, Func<T, IEnumerable<Webhook>> of)
    where T : class, IObject<T>
{
    private volatile Snapshot _known = new([], []);

    /// <summary>Costs a comparison while no configuration changes.</summary>
    public IReadOnlyList<Webhook> All()
    {
        var configurations = objects.List<T>();
        var known = _known;
        if (!ReferenceEquals(known.Configurations, configurations))
            _known = known = new(configurations, [.. configurations.OrderBy(c => c.Metadata.Name, StringComparer.Ordinal).SelectMany(of)]);
        return known.Webhooks;
    }

    private sealed record Snapshot(IReadOnlyList<T> Configurations, IReadOnlyList<Webhook> Webhooks);
}

/// <summary>Where the two sorts of webhooks come from.</summary>
internal static class WebhookSources
{
    public static WebhookSource<MutatingWebhookConfiguration> Mutating(IObjects objects) => new(objects, Webhook.Of);

    public static WebhookSource<ValidatingWebhookConfiguration> Validating(IObjects objects) => new(objects, Webhook.Of);
}
