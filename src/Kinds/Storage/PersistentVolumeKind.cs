using KubeSharp.Kinds.Pods;
using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Storage;

/// <summary>All the API server knows about PersistentVolumes.</summary>
internal sealed class PersistentVolumeKind(TimeProvider clock) : Kind<PersistentVolume>
{
    public override PersistentVolume ApplyDefaults(PersistentVolume obj) => obj with
    {
        Spec = PersistentVolumeDefaults.Apply(obj.Spec) with
        {
            PersistentVolumeReclaimPolicy = ContainerDefaults.Or(obj.Spec.PersistentVolumeReclaimPolicy, "Retain"),
            VolumeMode = obj.Spec.VolumeMode ?? "Filesystem",
        },
        Status = obj.Status.Phase.Length == 0 ? obj.Status with { Phase = "Pending" } : obj.Status,
    };

    public override PersistentVolume PrepareForCreate(PersistentVolume obj) =>
        obj with { Status = new() { Phase = "Pending", LastPhaseTransitionTime = obj.Metadata.CreationTimestamp } };

    public override PersistentVolume PrepareForStatusUpdate(PersistentVolume old, PersistentVolume obj)
    {
        var kept = base.PrepareForStatusUpdate(old, obj);
        var (before, after) = (old.Status, kept.Status);
        if (before.Phase == after.Phase)
            return after.LastPhaseTransitionTime is null ? kept with { Status = after with { LastPhaseTransitionTime = before.LastPhaseTransitionTime } } : kept;

        // The client may tell when it happened; otherwise it is now.
        var isTold = after.LastPhaseTransitionTime is not null && after.LastPhaseTransitionTime != before.LastPhaseTransitionTime;
        return isTold ? kept : kept with { Status = after with { LastPhaseTransitionTime = clock.GetUtcNow() } };
    }

    public override void Validate(PersistentVolume obj, Findings findings) => PersistentVolumeRules.Validate(obj.Spec, "spec", findings);

    public override void ValidateUpdate(PersistentVolume old, PersistentVolume obj, Findings findings)
    {
        Validate(obj, findings);

        var (before, after) = (SourceOf(old.Spec), SourceOf(obj.Spec));
        // A secret for growing the volume may come later.
        if (before.Csi is { ControllerExpandSecretRef: null } && after.Csi is not null)
            after = after with { Csi = after.Csi with { ControllerExpandSecretRef = null } };
        if (before != after)
            findings.Forbidden("spec.persistentvolumesource", $"spec.persistentvolumesource is immutable after creation\n{SpecDifference.Of(before, after)}");
        findings.Immutable("volumeMode", old.Spec.VolumeMode, obj.Spec.VolumeMode);
        if (old.Spec.NodeAffinity is not null)
            findings.Immutable("nodeAffinity", WithoutBetaLabels(old.Spec.NodeAffinity), WithoutBetaLabels(obj.Spec.NodeAffinity));
        if (old.Spec.VolumeAttributesClassName is not null && obj.Spec.VolumeAttributesClassName is null)
            findings.Forbidden("spec.volumeAttributesClassName", "update from non-nil value to nil is forbidden");
    }

    public override IReadOnlyList<object?> Cells(PersistentVolume obj, DateTimeOffset now) =>
    [
        obj.Metadata.Name,
        obj.Spec.Capacity.TryGetValue("storage", out var size) ? size.ToString() : "",
        VolumeCells.AccessModes(obj.Spec.AccessModes),
        obj.Spec.PersistentVolumeReclaimPolicy,
        VolumeCells.Phase(obj.Metadata, obj.Status.Phase),
        obj.Spec.ClaimRef is { } claim ? $"{claim.Namespace}/{claim.Name}" : "",
        obj.Spec.StorageClassName,
        CellText.OrUnset(obj.Spec.VolumeAttributesClassName),
        obj.Status.Reason,
        Ages.Of(obj.Metadata.CreationTimestamp, now),
        obj.Spec.VolumeMode ?? CellText.Unset,
    ];

    /// <summary>Nothing but where the data is.</summary>
    private static PersistentVolumeSpec SourceOf(PersistentVolumeSpec spec) => spec with
    {
        Capacity = Nil.Map<Quantity>(),
        AccessModes = Nil.List<string>(),
        ClaimRef = null,
        PersistentVolumeReclaimPolicy = "",
        StorageClassName = "",
        MountOptions = Nil.List<string>(),
        VolumeMode = null,
        NodeAffinity = null,
        VolumeAttributesClassName = null,
    };

    /// <summary>Labels that were beta once may be called by their new names.</summary>
    private static VolumeNodeAffinity? WithoutBetaLabels(VolumeNodeAffinity? affinity) => affinity?.Required is not { } required ? affinity : affinity with
    {
        Required = required with
        {
            NodeSelectorTerms = required.NodeSelectorTerms.Each(t => t with
            {
                MatchExpressions = t.MatchExpressions.Each(e => e with
                {
                    Key = e.Key switch
                    {
                        "beta.kubernetes.io/os" => "kubernetes.io/os",
                        "beta.kubernetes.io/arch" => "kubernetes.io/arch",
                        "beta.kubernetes.io/instance-type" => "node.kubernetes.io/instance-type",
                        "failure-domain.beta.kubernetes.io/zone" => "topology.kubernetes.io/zone",
                        "failure-domain.beta.kubernetes.io/region" => "topology.kubernetes.io/region",
                        var other => other,
                    },
                }),
            }),
        },
    };
}
