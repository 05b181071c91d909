using KubeSharp.Kinds.Rules;
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
        findings.Provisioner("provisioner", obj.Provisioner);
        findings.Parameters("parameters", obj.Parameters);
        if (obj.ReclaimPolicy is not (null or "" or "Delete" or "Retain"))
            findings.NotSupported("reclaimPolicy", obj.ReclaimPolicy, "Delete", "Retain");
        if (obj.VolumeBindingMode is null)
            findings.Required("volumeBindingMode");
        else
            findings.OptionalOneOf("volumeBindingMode", obj.VolumeBindingMode, "Immediate", "WaitForFirstConsumer");
        for (var i = 0; i < obj.AllowedTopologies.Count; i++)
        {
            Topology(obj.AllowedTopologies[i], $"allowedTopologies[{i}].matchLabelExpressions", findings);
            if (obj.AllowedTopologies.Take(i).Any(t => IsLike(t, obj.AllowedTopologies[i])))
                findings.Duplicate($"allowedTopologies[{i}].matchLabelExpressions", "");
        }
    }

    public override void ValidateUpdate(StorageClass old, StorageClass obj, Findings findings)
    {
        if (!old.Parameters.IsLike(obj.Parameters))
            findings.Forbidden("parameters", "updates to parameters are forbidden.");
        if (obj.Provisioner != old.Provisioner)
            findings.Forbidden("provisioner", "updates to provisioner are forbidden.");
        if (obj.ReclaimPolicy != old.ReclaimPolicy)
            findings.Forbidden("reclaimPolicy", "updates to reclaimPolicy are forbidden.");
        findings.Immutable("volumeBindingMode", old.VolumeBindingMode, obj.VolumeBindingMode);
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

    private static void Topology(TopologySelectorTerm term, string field, Findings findings)
    {
        var keys = new HashSet<string>();
        for (var i = 0; i < term.MatchLabelExpressions.Count; i++)
        {
            var (requirement, at) = (term.MatchLabelExpressions[i], $"{field}[{i}]");
            if (requirement.Values.Count == 0)
                findings.Required($"{at}.values");
            for (var v = 0; v < requirement.Values.Count; v++)
            {
                if (requirement.Values.Take(v).Contains(requirement.Values[v]))
                    findings.Duplicate($"{at}.values[{v}]", requirement.Values[v]);
            }

            findings.Each($"{at}.key", requirement.Key, NameRules.QualifiedName(requirement.Key));
            if (!keys.Add(requirement.Key))
                findings.Duplicate($"{at}.key", requirement.Key);
        }
    }

    /// <summary>Whether two terms say the same, in whatever order.</summary>
    private static bool IsLike(TopologySelectorTerm one, TopologySelectorTerm other) =>
        one.MatchLabelExpressions.Count == other.MatchLabelExpressions.Count
        && one.MatchLabelExpressions.All(e => other.MatchLabelExpressions.Any(o => o.Key == e.Key && o.Values.ToHashSet().SetEquals(e.Values)));
}
