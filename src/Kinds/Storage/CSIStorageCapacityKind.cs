using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.StorageV1;

namespace KubeSharp.Kinds.Storage;

/// <summary>All the API server knows about CSIStorageCapacities.</summary>
internal sealed class CSIStorageCapacityKind : Kind<CSIStorageCapacity>
{
    public override bool UpdatesUnconditionally => false;

    public override void Validate(CSIStorageCapacity obj, Findings findings)
    {
        findings.Selector("nodeTopology", obj.NodeTopology);
        findings.Each("storageClassName", obj.StorageClassName, NameRules.Dns1123Subdomain(obj.StorageClassName));
        findings.NonNegative("capacity", obj.Capacity);
    }

    public override void ValidateUpdate(CSIStorageCapacity old, CSIStorageCapacity obj, Findings findings)
    {
        findings.Immutable("nodeTopology", old.NodeTopology, obj.NodeTopology);
        findings.Immutable("storageClassName", old.StorageClassName, obj.StorageClassName);
    }

    public override IReadOnlyList<object?> Cells(CSIStorageCapacity obj, DateTimeOffset now) =>
        [obj.Metadata.Name, obj.StorageClassName, obj.Capacity?.ToString() ?? CellText.Unset];
}
