namespace KubeSharp.Kinds.Core;

/// <summary>All the API server knows about ResourceQuotas; admission enforces them.</summary>
internal sealed class ResourceQuotaKind : Kind<ResourceQuota>
{
    private static readonly HashSet<string> Scopes =
        ["Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity", "VolumeAttributesClass"];

    private static readonly HashSet<string> Counts =
        ["pods", "services", "replicationcontrollers", "resourcequotas", "secrets", "configmaps", "persistentvolumeclaims", "services.nodeports", "services.loadbalancers"];

    private static readonly HashSet<string> Amounts =
    [
        "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.storage", "requests.ephemeral-storage",
        "limits.cpu", "limits.memory", "limits.ephemeral-storage",
    ];

    public override void Validate(ResourceQuota obj, Findings findings)
    {
        foreach (var (name, amount) in obj.Spec.Hard.OrderBy(h => h.Key, StringComparer.Ordinal))
        {
            var field = $"spec.hard[{name}]";
            if (!Counts.Contains(name) && !Amounts.Contains(name) && !name.Contains('/', StringComparison.Ordinal) && !name.StartsWith("requests.", StringComparison.Ordinal))
                findings.Invalid(field, name, "must be a standard resource type or fully qualified");
            if (amount.Sign < 0)
                findings.Invalid(field, amount, "must be greater than or equal to 0");
            if ((Counts.Contains(name) || name.StartsWith("count/", StringComparison.Ordinal)) && amount.MilliValue % 1000 != 0)
                findings.Invalid(field, amount, "must be an integer");
        }

        if (obj.Spec.Scopes.Any(s => !Scopes.Contains(s)))
            findings.Invalid("spec.scopes", obj.Spec.Scopes, "unsupported scope");
        if ((obj.Spec.Scopes.Contains("BestEffort") && obj.Spec.Scopes.Contains("NotBestEffort"))
            || (obj.Spec.Scopes.Contains("Terminating") && obj.Spec.Scopes.Contains("NotTerminating")))
            findings.Invalid("spec.scopes", obj.Spec.Scopes, "conflicting scopes");
    }

    public override void ValidateUpdate(ResourceQuota old, ResourceQuota obj, Findings findings)
    {
        if (!obj.Spec.Scopes.Order().SequenceEqual(old.Spec.Scopes.Order()))
            findings.Invalid("spec.scopes", obj.Spec.Scopes, "field is immutable");
        Validate(obj, findings);
    }

    public override IReadOnlyList<object?> Cells(ResourceQuota obj, DateTimeOffset now)
    {
        var all = obj.Status.Hard.OrderBy(h => h.Key, StringComparer.Ordinal)
            .Select(h => (IsLimit: h.Key.StartsWith("limits.", StringComparison.Ordinal), Text: $"{h.Key}: {obj.Status.Used.GetValueOrDefault(h.Key)}/{h.Value}"))
            .ToLookup(h => h.IsLimit, h => h.Text);
        return [obj.Metadata.Name, string.Join(", ", all[false]), string.Join(", ", all[true]), Ages.Of(obj.Metadata.CreationTimestamp, now)];
    }
}
