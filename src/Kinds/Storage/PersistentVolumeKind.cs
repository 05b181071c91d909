namespace KubeSharp.Kinds.Storage;

/// <summary>Defaults and columns of PersistentVolumes.</summary>
internal sealed class PersistentVolumeKind : Kind<PersistentVolume>
{
    public override PersistentVolume ApplyDefaults(PersistentVolume obj) => obj with
    {
        Spec = obj.Spec with
        {
            PersistentVolumeReclaimPolicy = obj.Spec.PersistentVolumeReclaimPolicy.Length == 0 ? "Retain" : obj.Spec.PersistentVolumeReclaimPolicy,
            VolumeMode = obj.Spec.VolumeMode ?? "Filesystem",
        },
        Status = obj.Status.Phase.Length == 0 ? obj.Status with { Phase = "Pending" } : obj.Status,
    };

    public override PersistentVolume PrepareForCreate(PersistentVolume obj) => obj with { Status = new() { Phase = "Pending" } };

    public override void Validate(PersistentVolume obj, Findings findings)
    {
        if (obj.Spec.AccessModes.Count == 0)
            findings.Required("spec.accessModes");
        if (obj.Spec.Capacity.Count == 0)
            findings.Required("spec.capacity");
        else if (!obj.Spec.Capacity.ContainsKey("storage") || obj.Spec.Capacity.Count > 1)
            findings.NotSupported("spec.capacity", string.Join(',', obj.Spec.Capacity.Keys), "storage");
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
}
