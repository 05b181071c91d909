using KubeSharp.Kinds.Pods;
using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Core;

/// <summary>All the API server knows about LimitRanges; admission applies them.</summary>
internal sealed class LimitRangeKind : Kind<LimitRange>
{
    public override bool CreatesOnUpdate => true;

    /// <summary>Container limits fill each other: default from max, request from default, then min.</summary>
    public override LimitRange ApplyDefaults(LimitRange obj) => obj with
    {
        Spec = obj.Spec with { Limits = obj.Spec.Limits.Each(l => l.Type == "Container" ? Filled(l) : l) },
    };

    public override void Validate(LimitRange obj, Findings findings)
    {
        var types = new HashSet<string>();
        for (var i = 0; i < obj.Spec.Limits.Count; i++)
        {
            var (item, path) = (obj.Spec.Limits[i], $"spec.limits[{i}]");
            TypeName(item.Type, $"{path}.type", findings);
            if (!types.Add(item.Type))
                findings.Duplicate($"{path}.type", item.Type);
            new LimitRules(item, path, findings).Validate();
        }
    }

    private static void TypeName(string type, string field, Findings findings)
    {
        var problems = NameRules.QualifiedName(type).ToList();
        findings.Each(field, type, problems);
        if (problems.Count == 0 && !type.Contains('/', StringComparison.Ordinal) && type is not ("Pod" or "Container" or "PersistentVolumeClaim"))
            findings.Invalid(field, type, "must be a standard limit type or fully qualified");
    }

    private static LimitRangeItem Filled(LimitRangeItem item)
    {
        var limits = Merge(item.Default, item.Max);
        return item with { Default = limits, DefaultRequest = Merge(Merge(item.DefaultRequest, limits), item.Min) };
    }

    private static IReadOnlyDictionary<string, Quantity> Merge(IReadOnlyDictionary<string, Quantity> first, IReadOnlyDictionary<string, Quantity> second)
    {
        if (second.Count == 0 || second.Keys.All(first.ContainsKey))
            return first;

        var merged = new Dictionary<string, Quantity>(second);
        foreach (var (name, amount) in first)
            merged[name] = amount;
        return merged;
    }
}
