using KubeSharp.Objects.PolicyV1;

namespace KubeSharp.Kinds.Policy;

/// <summary>All the API server knows about PodDisruptionBudgets.</summary>
internal sealed class PodDisruptionBudgetKind : Kind<PodDisruptionBudget>
{
    public override void Validate(PodDisruptionBudget obj, Findings findings)
    {
        if (obj.Spec is { MinAvailable: not null, MaxUnavailable: not null })
            findings.Invalid("spec", obj.Spec, "minAvailable and maxUnavailable cannot be both set");
        Number(obj.Spec.MinAvailable, "spec.minAvailable", findings);
        Number(obj.Spec.MaxUnavailable, "spec.maxUnavailable", findings);
        if (obj.Spec.UnhealthyPodEvictionPolicy is not (null or "IfHealthyBudget" or "AlwaysAllow"))
            findings.NotSupported("spec.unhealthyPodEvictionPolicy", obj.Spec.UnhealthyPodEvictionPolicy, "AlwaysAllow", "IfHealthyBudget");
    }

    public override IReadOnlyList<object?> Cells(PodDisruptionBudget obj, DateTimeOffset now) =>
    [
        obj.Metadata.Name,
        obj.Spec.MinAvailable?.ToString() ?? "N/A",
        obj.Spec.MaxUnavailable?.ToString() ?? "N/A",
        (long)obj.Status.DisruptionsAllowed,
        Ages.Of(obj.Metadata.CreationTimestamp, now),
    ];

    private static void Number(IntOrString? value, string field, Findings findings)
    {
        if (value is not { } given)
            return;

        if (given.IsInt)
        {
            if (given.Number < 0)
                findings.Invalid(field, given.Number, "must be greater than or equal to 0");
        }
        else if (given.Scaled(100, roundsUp: true) is not { } percent || percent < 0)
        {
            findings.Invalid(field, given, "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')");
        }
        else if (percent > 100)
        {
            findings.Invalid(field, given, "must not be greater than 100%");
        }
    }
}
