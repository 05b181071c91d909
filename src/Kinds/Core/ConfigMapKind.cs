using System.Text;

namespace KubeSharp.Kinds.Core;

/// <summary>All the API server knows about ConfigMaps.</summary>
internal sealed class ConfigMapKind : Kind<ConfigMap>
{
    public override void Validate(ConfigMap obj, Findings findings)
    {
        DataRules.Keys(obj.Data.Keys, "data", findings);
        foreach (var key in obj.Data.Keys.Intersect(obj.BinaryData.Keys))
            findings.Invalid($"data[{key}]", key, "duplicate of key present in binaryData");
        DataRules.Keys(obj.BinaryData.Keys, "binaryData", findings);

        // Bytes as Go counts them: UTF-8, not chars. The path is upstream's, of nothing in particular.
        var size = obj.Data.Values.Sum(Encoding.UTF8.GetByteCount) + obj.BinaryData.Values.Sum(v => v.Length);
        if (size > DataRules.MaxBytes)
            findings.TooLong("[]", DataRules.MaxBytes);
    }

    public override void ValidateUpdate(ConfigMap old, ConfigMap obj, Findings findings)
    {
        DataRules.Immutable(
            old.Immutable,
            obj.Immutable,
            findings,
            ("data", DataRules.Same(old.Data, obj.Data)),
            ("binaryData", DataRules.Same(old.BinaryData, obj.BinaryData)));
        Validate(obj, findings);
    }

    public override IReadOnlyList<object?> Cells(ConfigMap obj, DateTimeOffset now) =>
        [obj.Metadata.Name, (long)(obj.Data.Count + obj.BinaryData.Count), Ages.Of(obj.Metadata.CreationTimestamp, now)];
}
