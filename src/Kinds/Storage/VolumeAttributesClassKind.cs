using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.StorageV1;

namespace KubeSharp.Kinds.Storage;

/// <summary>All the API server knows about VolumeAttributesClasses.</summary>
internal sealed class VolumeAttributesClassKind : Kind<VolumeAttributesClass>
{
    private const string DefaultAnnotation = "storageclass.kubernetes.io/is-default-class";

    public override void Validate(VolumeAttributesClass obj, Findings findings)
    {
        findings.Provisioner("driverName", obj.DriverName);
        findings.Parameters("parameters", obj.Parameters);
        if (obj.Parameters.Count == 0)
            findings.Required("parameters", "must contain at least one key/value pair");
    }

    public override void ValidateUpdate(VolumeAttributesClass old, VolumeAttributesClass obj, Findings findings)
    {
        if (old.DriverName != obj.DriverName)
            findings.Forbidden("driverName", "updates to driverName are forbidden.");
        if (!old.Parameters.IsLike(obj.Parameters))
            findings.Forbidden("parameters", "updates to parameters are forbidden.");
        Validate(obj, findings);
    }

    public override IReadOnlyList<object?> Cells(VolumeAttributesClass obj, DateTimeOffset now) =>
    [
        obj.Metadata.Annotations.GetValueOrDefault(DefaultAnnotation) == "true" ? obj.Metadata.Name + " (default)" : obj.Metadata.Name,
        obj.DriverName,
        Ages.Of(obj.Metadata.CreationTimestamp, now),
    ];
}
