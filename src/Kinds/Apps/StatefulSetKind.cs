using KubeSharp.Kinds.Pods;
using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.AppsV1;

namespace KubeSharp.Kinds.Apps;

/// <summary>All the API server knows about StatefulSets.</summary>
internal sealed class StatefulSetKind : Kind<StatefulSet>
{
    private const string Template = "spec.template";

    public override StatefulSet ApplyDefaults(StatefulSet obj)
    {
        var spec = obj.Spec;
        var retention = spec.PersistentVolumeClaimRetentionPolicy ?? StatefulSetPersistentVolumeClaimRetentionPolicy.Empty;
        return obj with
        {
            Spec = spec with
            {
                PodManagementPolicy = ContainerDefaults.Or(spec.PodManagementPolicy, "OrderedReady"),
                UpdateStrategy = Strategy(spec.UpdateStrategy),
                PersistentVolumeClaimRetentionPolicy = new()
                {
                    WhenDeleted = ContainerDefaults.Or(retention.WhenDeleted, "Retain"),
                    WhenScaled = ContainerDefaults.Or(retention.WhenScaled, "Retain"),
                },
                Replicas = spec.Replicas ?? 1,
                RevisionHistoryLimit = spec.RevisionHistoryLimit ?? 10,
                Template = PodSpecDefaults.Apply(spec.Template),
                VolumeClaimTemplates = spec.VolumeClaimTemplates.Each(Claim),
            },
        };
    }

    public override void Validate(StatefulSet obj, Findings findings)
    {
        var spec = obj.Spec;
        if (spec.PodManagementPolicy.Length == 0)
            findings.Required("spec.podManagementPolicy");
        else if (spec.PodManagementPolicy is not ("OrderedReady" or "Parallel"))
            findings.Invalid("spec.podManagementPolicy", spec.PodManagementPolicy, "must be 'OrderedReady' or 'Parallel'");
        Strategy(spec.UpdateStrategy, "spec.updateStrategy", findings);
        if (spec.PersistentVolumeClaimRetentionPolicy is { } retention)
        {
            findings.OneOf("spec.persistentVolumeClaimRetentionPolicy.whenDeleted", retention.WhenDeleted, "Retain", "Delete");
            findings.OneOf("spec.persistentVolumeClaimRetentionPolicy.whenScaled", retention.WhenScaled, "Retain", "Delete");
        }

        findings.NonNegative("spec.replicas", spec.Replicas);
        findings.NonNegative("spec.minReadySeconds", spec.MinReadySeconds);
        findings.NonNegative("spec.ordinals.start", spec.Ordinals?.Start);
        if (findings.WorkloadSelector("spec.selector", spec.Selector, "statefulset", "") is { } selector)
        {
            WorkloadRules.LabelsMatch(selector, spec.Template, Template, findings);
            PodSpecRules.ValidateTemplate(spec.Template, Template, findings);
        }

        WorkloadRules.RunsForEver(spec.Template, Template, "StatefulSet", findings);
        findings.NonNegative("spec.revisionHistoryLimit", spec.RevisionHistoryLimit);
    }

    public override void ValidateUpdate(StatefulSet old, StatefulSet obj, Findings findings)
    {
        Validate(obj, findings);
        var rest = obj.Spec with
        {
            Replicas = old.Spec.Replicas,
            Ordinals = old.Spec.Ordinals,
            Template = old.Spec.Template,
            UpdateStrategy = old.Spec.UpdateStrategy,
            RevisionHistoryLimit = old.Spec.RevisionHistoryLimit,
            PersistentVolumeClaimRetentionPolicy = old.Spec.PersistentVolumeClaimRetentionPolicy,
            MinReadySeconds = old.Spec.MinReadySeconds,
        };
        if (rest != old.Spec)
            findings.Forbidden("spec", "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
    }

    public override void ValidateStatusUpdate(StatefulSet old, StatefulSet obj, Findings findings)
    {
        var s = obj.Status;
        WorkloadRules.Counts(
            findings,
            ("replicas", s.Replicas),
            ("readyReplicas", s.ReadyReplicas),
            ("currentReplicas", s.CurrentReplicas),
            ("updatedReplicas", s.UpdatedReplicas),
            ("availableReplicas", s.AvailableReplicas),
            ("observedGeneration", s.ObservedGeneration),
            ("collisionCount", s.CollisionCount));
        WorkloadRules.NotMore(findings, "readyReplicas", s.ReadyReplicas, "status.replicas", s.Replicas);
        WorkloadRules.NotMore(findings, "currentReplicas", s.CurrentReplicas, "status.replicas", s.Replicas);
        WorkloadRules.NotMore(findings, "updatedReplicas", s.UpdatedReplicas, "status.replicas", s.Replicas);
        WorkloadRules.NotMore(findings, "availableReplicas", s.AvailableReplicas, "status.replicas", s.Replicas);
        WorkloadRules.NotMore(findings, "availableReplicas", s.AvailableReplicas, "status.readyReplicas", s.ReadyReplicas);
    }

    public override IReadOnlyList<object?> Cells(StatefulSet obj, DateTimeOffset now) =>
    [
        obj.Metadata.Name,
        $"{obj.Status.ReadyReplicas}/{obj.Spec.Replicas ?? 0}",
        Ages.Of(obj.Metadata.CreationTimestamp, now),
        PodTemplateCells.ContainerNames(obj.Spec.Template),
        PodTemplateCells.Images(obj.Spec.Template),
    ];

    private static StatefulSetUpdateStrategy Strategy(StatefulSetUpdateStrategy strategy)
    {
        var type = ContainerDefaults.Or(strategy.Type, "RollingUpdate");
        if (type != "RollingUpdate")
            return strategy with { Type = type };

        var rolling = strategy.RollingUpdate ?? RollingUpdateStatefulSetStrategy.Empty;
        return new() { Type = type, RollingUpdate = rolling with { Partition = rolling.Partition ?? 0 } };
    }

    private static PersistentVolumeClaim Claim(PersistentVolumeClaim claim) => claim with
    {
        Kind = "PersistentVolumeClaim",
        ApiVersion = "v1",
        Spec = claim.Spec with { VolumeMode = claim.Spec.VolumeMode ?? "Filesystem" },
        Status = claim.Status with { Phase = ContainerDefaults.Or(claim.Status.Phase, "Pending") },
    };

    private static void Strategy(StatefulSetUpdateStrategy strategy, string path, Findings findings)
    {
        switch (strategy.Type)
        {
            case "":
                findings.Required(path);
                break;
            case "OnDelete":
                if (strategy.RollingUpdate is not null)
                    findings.Invalid($"{path}.rollingUpdate", strategy.RollingUpdate, "only allowed for updateStrategy 'RollingUpdate'");
                break;
            case "RollingUpdate":
                findings.NonNegative($"{path}.rollingUpdate.partition", strategy.RollingUpdate?.Partition);
                findings.CountOrPercent($"{path}.rollingUpdate.maxUnavailable", strategy.RollingUpdate?.MaxUnavailable);
                if (strategy.RollingUpdate?.MaxUnavailable?.IsZero() == true)
                    findings.Invalid($"{path}.rollingUpdate.maxUnavailable", strategy.RollingUpdate.MaxUnavailable, "cannot be 0");
                findings.AtMost100Percent($"{path}.rollingUpdate.maxUnavailable", strategy.RollingUpdate?.MaxUnavailable);
                break;
            default:
                findings.Invalid(path, strategy, "must be 'RollingUpdate' or 'OnDelete'");
                break;
        }
    }
}
