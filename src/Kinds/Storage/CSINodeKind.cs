using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.StorageV1;

namespace KubeSharp.Kinds.Storage;

/// <summary>All the API server knows about CSINodes: which drivers run on a node.</summary>
internal sealed class CSINodeKind : Kind<CSINode>
{
    private const int MaxNodeId = 256;

    public override bool UpdatesUnconditionally => false;

    public override void Validate(CSINode obj, Findings findings)
    {
        var names = new HashSet<string>();
        for (var i = 0; i < obj.Spec.Drivers.Count; i++)
            Driver(obj.Spec.Drivers[i], $"spec.drivers[{i}]", names, findings);
    }

    /// <summary>A driver that is there changes nothing but how many volumes it can attach.</summary>
    public override void ValidateUpdate(CSINode old, CSINode obj, Findings findings)
    {
        Validate(obj, findings);
        foreach (var before in old.Spec.Drivers)
        {
            foreach (var now in obj.Spec.Drivers.Where(d => d.Name == before.Name))
                findings.Immutable("spec.drivers", before with { Allocatable = null }, now with { Allocatable = null });
        }
    }

    public override IReadOnlyList<object?> Cells(CSINode obj, DateTimeOffset now) =>
        [obj.Metadata.Name, (long)obj.Spec.Drivers.Count, Ages.Of(obj.Metadata.CreationTimestamp, now)];

    private static void Driver(CSINodeDriver driver, string field, HashSet<string> names, Findings findings)
    {
        findings.DriverName($"{field}.name", driver.Name);
        findings.Present($"{field}.nodeID", driver.NodeID);
        if (driver.NodeID.Length > MaxNodeId)
            findings.Invalid($"{field}.nodeID", driver.NodeID, $"must be {MaxNodeId} characters or less");
        findings.NonNegative($"{field}.allocatable.count", driver.Allocatable?.Count);
        if (!names.Add(driver.Name))
            findings.Duplicate($"{field}.name", driver.Name);

        var keys = new HashSet<string>();
        foreach (var key in driver.TopologyKeys)
        {
            findings.Present(field, key);
            if (!keys.Add(key))
                findings.Duplicate(field, key);
            findings.Each(field, key, NameRules.QualifiedName(key));
        }
    }
}
