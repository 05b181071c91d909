using System.Globalization;
using KubeSharp.Kinds.Pods;

namespace KubeSharp.Kinds.Core;

/// <summary>One item of a LimitRange: min, request, limit and max of a resource, in that order.</summary>
internal sealed class LimitRules(LimitRangeItem item, string path, Findings findings)
{
    public void Validate()
    {
        Names("max", item.Max);
        Names("min", item.Min);
        if (item.Type == "Pod")
        {
            if (item.Default.Count > 0)
                findings.Forbidden($"{path}.default", "may not be specified when `type` is 'Pod'");
            if (item.DefaultRequest.Count > 0)
                findings.Forbidden($"{path}.defaultRequest", "may not be specified when `type` is 'Pod'");
        }
        else
        {
            Names("default", item.Default);
            Names("defaultRequest", item.DefaultRequest);
        }

        if (item.Type == "PersistentVolumeClaim" && !item.Min.ContainsKey("storage") && !item.Max.ContainsKey("storage"))
            findings.Required($"{path}.limits", "either minimum or maximum storage value is required, but neither was provided");
        Names("maxLimitRequestRatio", item.MaxLimitRequestRatio);

        var isPod = item.Type == "Pod";
        foreach (var name in item.Max.Keys.Concat(item.Min.Keys).Concat(item.Default.Keys).Concat(item.DefaultRequest.Keys).Concat(item.MaxLimitRequestRatio.Keys)
            .Distinct().Order(StringComparer.Ordinal))
        {
            Amounts(name, Of(item.Min, name), isPod ? null : Of(item.DefaultRequest, name), isPod ? null : Of(item.Default, name), Of(item.Max, name));
            Ratio(name, Of(item.MaxLimitRequestRatio, name), Of(item.Min, name), Of(item.Max, name));
        }
    }

    private static Quantity? Of(IReadOnlyDictionary<string, Quantity> amounts, string name) => amounts.TryGetValue(name, out var amount) ? amount : null;

    private void Names(string field, IReadOnlyDictionary<string, Quantity> amounts)
    {
        foreach (var name in amounts.Keys.Order(StringComparer.Ordinal))
        {
            if (item.Type is "Pod" or "Container")
                ResourceRules.ContainerName($"{path}.{field}[{name}]", name, findings);
            else
                ResourceRules.Name($"{path}.{field}[{name}]", name, findings);
        }
    }

    private void Amounts(string name, Quantity? min, Quantity? request, Quantity? limit, Quantity? max)
    {
        var (atMin, atRequest, atDefault) = ($"{path}.min[{name}]", $"{path}.defaultRequest[{name}]", $"{path}.default[{name}]");
        if (min > max)
            findings.Invalid(atMin, min, $"min value {min} is greater than max value {max}");
        if (min > request)
            findings.Invalid(atRequest, request, $"min value {min} is greater than default request value {request}");
        if (request > max)
            findings.Invalid(atRequest, request, $"default request value {request} is greater than max value {max}");
        if (request > limit)
            findings.Invalid(atRequest, request, $"default request value {request} is greater than default limit value {limit}");
        if (min > limit)
            findings.Invalid(atDefault, min, $"min value {min} is greater than default value {limit}");
        if (limit > max)
            findings.Invalid(atDefault, max, $"default value {limit} is greater than max value {max}");
        if (!ResourceRules.CanOvercommit(name) && limit is not null && request is not null && limit != request)
            findings.Invalid(atRequest, request, $"default value {limit} must equal to defaultRequest value {request} in {name}");
    }

    private void Ratio(string name, Quantity? ratio, Quantity? min, Quantity? max)
    {
        if (ratio is not { } most)
            return;

        var field = $"{path}.maxLimitRequestRatio[{name}]";
        if (most < Quantity.From(1))
            findings.Invalid(field, most, $"ratio {most} is less than 1");
        if (min is { } low && max is { } high && high.AsDouble / low.AsDouble is var possible && most.AsDouble > possible)
            findings.Invalid(field, most, string.Create(CultureInfo.InvariantCulture, $"ratio {most} is greater than max/min = {possible:F6}"));
    }
}
