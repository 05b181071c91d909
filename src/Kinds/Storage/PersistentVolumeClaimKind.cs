namespace KubeSharp.Kinds.Storage;

/// <summary>Defaults and columns of PersistentVolumeClaims.</summary>
internal sealed class PersistentVolumeClaimKind : Kind<PersistentVolumeClaim>
{
    public override PersistentVolumeClaim ApplyDefaults(PersistentVolumeClaim obj) => obj with
    {
        Spec = obj.Spec.VolumeMode is null ? obj.Spec with { VolumeMode = "Filesystem" } : obj.Spec,
        Status = obj.Status.Phase.Length == 0 ? obj.Status with { Phase = "Pending" } : obj.Status,
    };

    public override PersistentVolumeClaim PrepareForCreate(PersistentVolumeClaim obj) => obj with { Status = new() { Phase = "Pending" } };

    public override void Validate(PersistentVolumeClaim obj, Findings findings)
    {
        if (obj.Spec.AccessModes.Count == 0)
            findings.Required("spec.accessModes", "at least 1 access mode is required");
        if (!obj.Spec.Resources.Requests.TryGetValue("storage", out var size))
            findings.Required("spec.resources[storage]");
        else if (size.Sign <= 0)
            findings.Invalid("spec.resources[storage]", size, "must be greater than zero");
    }

    public override IReadOnlyList<object?> Cells(PersistentVolumeClaim obj, DateTimeOffset now)
    {
        var isBound = obj.Spec.VolumeName.Length > 0;
        return
        [
            obj.Metadata.Name,
            VolumeCells.Phase(obj.Metadata, obj.Status.Phase),
            obj.Spec.VolumeName,
            isBound && obj.Status.Capacity.TryGetValue("storage", out var size) ? size.ToString() : "",
            isBound ? VolumeCells.AccessModes(obj.Status.AccessModes) : "",
            obj.Spec.StorageClassName ?? "",
            CellText.OrUnset(obj.Spec.VolumeAttributesClassName),
            Ages.Of(obj.Metadata.CreationTimestamp, now),
            obj.Spec.VolumeMode ?? CellText.Unset,
        ];
    }
}
