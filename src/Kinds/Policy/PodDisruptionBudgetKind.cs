using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.PolicyV1;

namespace KubeSharp.Kinds.Policy;

/// <summary>All the API server knows about PodDisruptionBudgets.</summary>
internal sealed class PodDisruptionBudgetKind : Kind<PodDisruptionBudget>
{
    public override bool UpdatesUnconditionally => false;

    public override void Validate(PodDisruptionBudget obj, Findings findings)
    {
        if (obj.Spec is { MinAvailable: not null, MaxUnavailable: not null })
            findings.Invalid("spec", obj.Spec, "minAvailable and maxUnavailable cannot be both set");
        foreach (var (field, value) in new[] { ("spec.minAvailable", obj.Spec.MinAvailable), ("spec.maxUnavailable", obj.Spec.MaxUnavailable) })
        {
            findings.CountOrPercent(field, value);
            findings.AtMost100Percent(field, value);
        }

        findings.Selector("spec.selector", obj.Spec.Selector);
        if (obj.Spec.UnhealthyPodEvictionPolicy is not (null or "IfHealthyBudget" or "AlwaysAllow"))
            findings.NotSupported("spec.unhealthyPodEvictionPolicy", obj.Spec.UnhealthyPodEvictionPolicy, "AlwaysAllow", "IfHealthyBudget");
    }

    public override void ValidateStatusUpdate(PodDisruptionBudget old, PodDisruptionBudget obj, Findings findings)
    {
        findings.Conditions("status.conditions", obj.Status.Conditions);
        findings.NonNegative("status.disruptionsAllowed", obj.Status.DisruptionsAllowed);
        findings.NonNegative("status.currentHealthy", obj.Status.CurrentHealthy);
        findings.NonNegative("status.desiredHealthy", obj.Status.DesiredHealthy);
        findings.NonNegative("status.expectedPods", obj.Status.ExpectedPods);
    }

    public override IReadOnlyList<object?> Cells(PodDisruptionBudget obj, DateTimeOffset now) =>
    [
        obj.Metadata.Name,
        obj.Spec.MinAvailable?.ToString() ?? "N/A",
        obj.Spec.MaxUnavailable?.ToString() ?? "N/A",
        (long)obj.Status.DisruptionsAllowed,
        Ages.Of(obj.Metadata.CreationTimestamp, now),
    ];
}
