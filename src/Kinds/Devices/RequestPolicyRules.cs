using KubeSharp.Objects.ResourceV1;

namespace KubeSharp.Kinds.Devices;

/// <summary>How much of a capacity one claim may take: one of some values, or a range in steps. With either there is a default that fits.</summary>
internal sealed class RequestPolicyRules(Quantity capacity, CapacityRequestPolicy policy, Findings findings)
{
    private const int MaxValues = 10;

    public void Validate(string path)
    {
        if (policy is { ValidValues.Count: > 0, ValidRange: not null })
            findings.Forbidden(path, "exactly one policy can be specified, cannot specify \"validValues\" and \"validRange\" at the same time");
        else if (policy.ValidValues.Count > 0)
            Fits("validValues", path, Values);
        else if (policy.ValidRange is { } range)
            Fits("validRange", path, (value, at) => Range(value, range, at));
    }

    private void Fits(string field, string path, Action<Quantity, string> check)
    {
        if (policy.Default is { } value)
            check(value, $"{path}.{field}");
        else
            findings.Required($"{path}.default", $"required when {field} is defined");
    }

    private void Values(Quantity value, string field)
    {
        var values = policy.ValidValues;
        for (var i = 1; i < values.Count; i++)
        {
            if (values[i - 1] > values[i])
                findings.Invalid($"{field}[{i}]", $"{values[i]}", "values must be sorted in ascending order");
        }

        findings.UniqueItems(field, values, MaxValues, v => $"{v.Value}", (option, at) =>
        {
            if (option > capacity)
                findings.Invalid(at, $"{option}", $"option is larger than capacity value: {capacity}");
        });
        if (!values.Contains(value))
            findings.Invalid(field, $"{value}", "default value is not valid according to the requestPolicy");
    }

    private void Range(Quantity value, CapacityRequestPolicyRange range, string path)
    {
        if (range.Min is not { } min)
        {
            findings.Required($"{path}.min", "required when validRange is defined");
            return;
        }

        if (min > capacity)
            findings.Invalid($"{path}.min", $"{min}", $"min is larger than capacity value: {capacity}");
        if (value < min)
            findings.Invalid($"{path}.default", $"{value}", $"default is less than min: {min}");
        if (range.Max is { } max)
        {
            if (min > max)
                findings.Invalid($"{path}.max", $"{min}", $"min is larger than max: {max}");
            if (max > capacity)
                findings.Invalid($"{path}.max", $"{max}", $"max is larger than capacity value: {capacity}");
            if (value > max)
                findings.Invalid($"{path}.default", $"{value}", $"default is more than max: {max}");
        }

        if (range.Step is { } step)
            Steps(value, min, range.Max, step, path);
    }

    private void Steps(Quantity value, Quantity min, Quantity? max, Quantity step, string path)
    {
        var field = $"{path}.step";
        if (step.Sign <= 0)
        {
            findings.Invalid(field, $"{step}", "must be greater than zero");
            return;
        }

        if (min + step > capacity)
            findings.Invalid(field, $"{step}", $"one step {min + step} is larger than capacity value: {capacity}");
        foreach (var aim in max is { } most ? new[] { value, most } : [value])
        {
            if ((aim.Value - min.Value) % step.Value != 0)
                findings.Invalid(field, $"{aim}", $"value is not a multiple of a given step ({step}) from ({min})");
        }
    }
}
