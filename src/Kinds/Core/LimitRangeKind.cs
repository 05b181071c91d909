namespace KubeSharp.Kinds.Core;

/// <summary>All the API server knows about LimitRanges; admission applies them.</summary>
internal sealed class LimitRangeKind : Kind<LimitRange>
{
    /// <summary>Container limits fill each other: default from max, request from default, then min.</summary>
    public override LimitRange ApplyDefaults(LimitRange obj) => obj with
    {
        Spec = obj.Spec with { Limits = [.. obj.Spec.Limits.Select(l => l.Type == "Container" ? Filled(l) : l)] },
    };

    public override void Validate(LimitRange obj, Findings findings)
    {
        var types = new HashSet<string>();
        for (var i = 0; i < obj.Spec.Limits.Count; i++)
        {
            var (item, field) = (obj.Spec.Limits[i], $"spec.limits[{i}]");
            foreach (var problem in NameRules.QualifiedName(item.Type))
                findings.Invalid(field + ".type", item.Type, problem);
            if (!types.Add(item.Type))
                findings.Duplicate(field + ".type", item.Type);
            if (item.Type == "PersistentVolumeClaim" && !item.Min.ContainsKey("storage") && !item.Max.ContainsKey("storage"))
                findings.Required(field + ".limits", "either minimum or maximum storage value is required, but neither was provided");
            if (item.Type == "Pod" && item.Default.Count > 0)
                findings.Forbidden(field + ".default", "may not be specified when `type` is 'Pod'");
            if (item.Type == "Pod" && item.DefaultRequest.Count > 0)
                findings.Forbidden(field + ".defaultRequest", "may not be specified when `type` is 'Pod'");
            Amounts(item, field, findings);
        }
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

    private static void Amounts(LimitRangeItem item, string field, Findings findings)
    {
        foreach (var (name, min) in item.Min)
        {
            if (item.Max.TryGetValue(name, out var max) && min > max)
                findings.Invalid($"{field}.min[{name}]", min, $"min value {min} is greater than max value {max}");
        }

        foreach (var (name, request) in item.DefaultRequest)
        {
            if (item.Default.TryGetValue(name, out var limit) && request > limit)
                findings.Invalid($"{field}.defaultRequest[{name}]", request, $"default request value {request} is greater than default limit value {limit}");
        }

        foreach (var (name, ratio) in item.MaxLimitRequestRatio)
        {
            if (ratio < Quantity.From(1))
                findings.Invalid($"{field}.maxLimitRequestRatio[{name}]", ratio, $"ratio {ratio} is less than 1");
        }
    }
}
