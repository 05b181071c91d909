using System.Text;
using System.Text.RegularExpressions;
using KubeSharp.Kinds.Pods;
using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.ResourceV1;

namespace KubeSharp.Kinds.Devices;

/// <summary>One device of a slice.</summary>
/// <param name="old">The device of that name before; what stays the same is not checked again.</param>
internal sealed partial class DeviceRules(Device device, Device? old, Findings findings)
{
    private const int MaxProperties = 32;
    private const int MaxTaints = 16;
    private const int MaxConditions = 4;
    private const int MaxCounterSets = 2;
    private const int MaxCounters = 32;
    private const int MaxValueBytes = 64;
    private const string OneOfThree = "exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec";

    /// <param name="saysWhere">Whether each device of the slice says for itself from where it can be reached.</param>
    public void Validate(string path, bool saysWhere)
    {
        findings.Label($"{path}.name", device.Name);
        var properties = device.Attributes.Count + device.Capacity.Count;
        if (properties > MaxProperties)
            findings.Invalid(path, properties, $"the total number of attributes and capacities must not exceed {MaxProperties}");
        foreach (var (name, attribute) in device.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            findings.AttributeName($"{path}.attributes", name);
            Attribute(attribute, $"{path}.attributes[{name}]");
        }

        if (old is null || !AreLike(old.Capacity, device.Capacity))
        {
            foreach (var (name, capacity) in device.Capacity.OrderBy(c => c.Key, StringComparer.Ordinal))
            {
                findings.AttributeName($"{path}.capacity", name);
                Capacity(capacity, $"{path}.capacity[{name}].requestPolicy");
            }
        }

        if (old is null || !old.Taints.SequenceEqual(device.Taints))
            findings.Items($"{path}.taints", device.Taints, MaxTaints, (taint, at) => DeviceTaintRules.Validate(taint, at, findings));
        findings.UniqueItems($"{path}.consumesCounters", device.ConsumesCounters, MaxCounterSets, c => c.CounterSet, (consumption, at) =>
        {
            if (consumption.CounterSet.Length == 0)
                findings.Required($"{at}.counterSet");
            else
                findings.Label($"{at}.counterSet", consumption.CounterSet);
            Counters(consumption.Counters, MaxCounters, $"{at}.counters", findings);
        });
        Where(path, saysWhere);
        BindingConditions(device.BindingConditions, device.BindingFailureConditions, path, findings);
    }

    public static void Counters(IReadOnlyDictionary<string, Counter> counters, int max, string field, Findings findings)
    {
        if (counters.Count == 0)
            findings.Required(field);
        if (counters.Count > max)
        {
            findings.TooMany(field, counters.Count, max);
            return;
        }

        foreach (var name in counters.Keys.Order(StringComparer.Ordinal))
            findings.Label(field, name);
    }

    /// <summary>Conditions that a device must meet before pods may use it, and those that tell it never will: neither without the other.</summary>
    public static void BindingConditions(IReadOnlyList<string> conditions, IReadOnlyList<string> failures, string path, Findings findings)
    {
        var (ready, failed) = ($"{path}.bindingConditions", $"{path}.bindingFailureConditions");
        findings.Items(ready, conditions, MaxConditions, (c, at) => findings.Each(at, c, NameRules.QualifiedName(c)));
        findings.Items(failed, failures, MaxConditions, (c, at) => findings.Each(at, c, NameRules.QualifiedName(c)));
        for (var i = 0; i < conditions.Count; i++)
        {
            if (conditions.Take(i).Contains(conditions[i]))
                findings.Duplicate($"{ready}[{i}]", conditions[i]);
        }

        for (var i = 0; i < failures.Count; i++)
        {
            if (failures.Take(i).Contains(failures[i]))
                findings.Duplicate($"{failed}[{i}]", failures[i]);
            if (conditions.Contains(failures[i]))
                findings.Invalid($"{failed}[{i}]", failures[i], "bindingFailureConditions must not overlap with bindingConditions");
        }

        if (conditions.Count == 0 && failures.Count > 0)
            findings.Invalid(ready, conditions, "bindingConditions are required to use bindingFailureConditions");
        if (failures.Count == 0 && conditions.Count > 0)
            findings.Invalid(failed, failures, "bindingFailureConditions are required to use bindingConditions");
    }

    private static bool AreLike(IReadOnlyDictionary<string, DeviceCapacity> one, IReadOnlyDictionary<string, DeviceCapacity> other) =>
        one.Count == other.Count && one.All(c => other.TryGetValue(c.Key, out var capacity) && capacity == c.Value);

    private void Attribute(DeviceAttribute attribute, string path)
    {
        Text($"{path}.string", attribute.String);
        if (attribute.Version is { } version && !Semver().IsMatch(version))
            findings.Invalid($"{path}.version", version, "must be a string compatible with semver.org spec 2.0.0");
        Text($"{path}.version", attribute.Version);
        var values = new object?[] { attribute.Bool, attribute.Int, attribute.String, attribute.Version }.Count(v => v is not null);
        if (values != 1)
            findings.Invalid(path, values == 0 ? "" : attribute, "exactly one value must be specified");
    }

    private void Text(string field, string? value)
    {
        if (value is not null && Encoding.UTF8.GetByteCount(value) > MaxValueBytes)
            findings.TooLong(field, MaxValueBytes);
    }

    private void Capacity(DeviceCapacity capacity, string path)
    {
        if (capacity.RequestPolicy is not { } policy)
            return;
        if (device.AllowMultipleAllocations != true)
            findings.Forbidden(path, "allowMultipleAllocations must be true");
        else
            new RequestPolicyRules(capacity.Value, policy, findings).Validate(path);
    }

    private void Where(string path, bool saysWhere)
    {
        if (!saysWhere)
        {
            if (device.NodeName is not null || device.NodeSelector is not null || device.AllNodes is not null)
                findings.Invalid(path, null, "`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec");
            return;
        }

        var ways = new List<string>();
        if (device.NodeName is { Length: > 0 } name)
        {
            ways.Add("`nodeName`");
            findings.Each($"{path}.nodeName", name, NameRules.Dns1123Subdomain(name));
        }
        else if (device.NodeName is not null)
        {
            findings.Invalid($"{path}.nodeName", device.NodeName, "must not be empty");
        }

        if (device.NodeSelector is { } selector)
        {
            ways.Add("`nodeSelector`");
            AffinityRules.NodeSelector(selector, $"{path}.nodeSelector", findings);
        }

        if (device.AllNodes == true)
            ways.Add("`allNodes`");
        else if (device.AllNodes == false)
            findings.Invalid($"{path}.allNodes", false, "must be either unset or set to true");
        if (ways.Count == 0)
            findings.Required(path, OneOfThree);
        else if (ways.Count > 1)
            findings.Invalid(path, $"{{{string.Join(", ", ways)}}}", OneOfThree);
    }

    [GeneratedRegex(@"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-(0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*))*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Semver();
}
