using KubeSharp.Objects.StorageV1;

namespace KubeSharp.Kinds.Storage;

/// <summary>All the API server knows about StorageClasses.</summary>
internal sealed class StorageClassKind : Kind<StorageClass>
{
    private const string DefaultAnnotation = "storageclass.kubernetes.io/is-default-class";

    public override StorageClass ApplyDefaults(StorageClass obj) => obj with
    {
        ReclaimPolicy = obj.ReclaimPolicy ?? "Delete",
        VolumeBindingMode = obj.VolumeBindingMode ?? "Immediate",
    };

    public override void Validate(StorageClass obj, Findings findings)
    {
        if (obj.Provisioner.Length == 0)
            findings.Required("provisioner", "");
        else
        {
            foreach (var problem in NameRules.QualifiedName(obj.Provisioner.ToLowerInvariant()))
                findings.Invalid("provisioner", obj.Provisioner, problem);
        }

        if (obj.ReclaimPolicy is not (null or "Delete" or "Retain"))
            findings.NotSupported("reclaimPolicy", obj.ReclaimPolicy, "Delete", "Retain");
        if (obj.VolumeBindingMode is not ("Immediate" or "WaitForFirstConsumer"))
            findings.NotSupported("volumeBindingMode", obj.VolumeBindingMode, "Immediate", "WaitForFirstConsumer");
    }

    public override void ValidateUpdate(StorageClass old, StorageClass obj, Findings findings)
    {
        const string Why = "updates to {0} are forbidden.";
        if (obj.Parameters.Count != old.Parameters.Count || obj.Parameters.Any(p => old.Parameters.GetValueOrDefault(p.Key) != p.Value))
            findings.Forbidden("parameters", string.Format(null, Why, "parameters"));
        if (obj.Provisioner != old.Provisioner)
            findings.Forbidden("provisioner", string.Format(null, Why, "provisioner"));
        if (obj.ReclaimPolicy != old.ReclaimPolicy)
            findings.Forbidden("reclaimPolicy", string.Format(null, Why, "reclaimPolicy"));
        if (obj.VolumeBindingMode != old.VolumeBindingMode)
            findings.Invalid("volumeBindingMode", obj.VolumeBindingMode, "field is immutable");
    }

    public override IReadOnlyList<object?> Cells(StorageClass obj, DateTimeOffset now) =>
    [
        obj.Metadata.Annotations.GetValueOrDefault(DefaultAnnotation) == "true" ? obj.Metadata.Name + " (default)" : obj.Metadata.Name,
        obj.Provisioner,
        obj.ReclaimPolicy ?? "Delete",
        obj.VolumeBindingMode ?? CellText.Unset,
        obj.AllowVolumeExpansion ?? false,
        Ages.Of(obj.Metadata.CreationTimestamp, now),
    ];
}
