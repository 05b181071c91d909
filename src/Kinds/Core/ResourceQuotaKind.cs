using KubeSharp.Kinds.Pods;
using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Core;

/// <summary>All the API server knows about ResourceQuotas; admission enforces them.</summary>
internal sealed class ResourceQuotaKind : Kind<ResourceQuota>
{
    public override ResourceQuota ApplyDefaults(ResourceQuota obj) => obj with
    {
        Spec = obj.Spec with { Hard = ContainerDefaults.Rounded(obj.Spec.Hard) },
        Status = obj.Status with { Hard = ContainerDefaults.Rounded(obj.Status.Hard), Used = ContainerDefaults.Rounded(obj.Status.Used) },
    };

    public override void Validate(ResourceQuota obj, Findings findings)
    {
        Amounts(obj.Spec.Hard, "spec.hard", findings);
        QuotaScopes.Validate(obj.Spec, findings);
    }

    public override void ValidateUpdate(ResourceQuota old, ResourceQuota obj, Findings findings)
    {
        Validate(obj, findings);
        if (!obj.Spec.Scopes.ToHashSet().SetEquals(old.Spec.Scopes))
            findings.Invalid("spec.scopes", obj.Spec.Scopes, FindingRules.ImmutableField);
    }

    public override void ValidateStatusUpdate(ResourceQuota old, ResourceQuota obj, Findings findings)
    {
        Amounts(obj.Status.Hard, "status.hard", findings);
        Amounts(obj.Status.Used, "status.used", findings);
    }

    public override IReadOnlyList<object?> Cells(ResourceQuota obj, DateTimeOffset now)
    {
        var all = obj.Status.Hard.OrderBy(h => h.Key, StringComparer.Ordinal)
            .Select(h => (IsLimit: h.Key.StartsWith("limits.", StringComparison.Ordinal), Text: $"{h.Key}: {obj.Status.Used.GetValueOrDefault(h.Key)}/{h.Value}"))
            .ToLookup(h => h.IsLimit, h => h.Text);
        return [obj.Metadata.Name, string.Join(", ", all[false]), string.Join(", ", all[true]), Ages.Of(obj.Metadata.CreationTimestamp, now)];
    }

    private static void Amounts(IReadOnlyDictionary<string, Quantity> amounts, string field, Findings findings)
    {
        foreach (var (name, amount) in amounts.OrderBy(h => h.Key, StringComparer.Ordinal))
        {
            var at = $"{field}[{name}]";
            ResourceRules.Name(at, name, findings);
            if (!name.Contains('/', StringComparison.Ordinal) && !QuotaScopes.IsStandard(name))
                findings.Invalid(at, name, "must be a standard resource for quota");
            findings.NonNegative(at, amount);
            if ((ResourceRules.IsCounted(name) || ResourceRules.IsExtended(name)) && amount.MilliValue % 1000 != 0)
                findings.Invalid(at, amount, "must be an integer");
        }
    }
}
