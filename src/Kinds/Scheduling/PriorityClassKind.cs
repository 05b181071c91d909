using KubeSharp.Objects.SchedulingV1;

namespace KubeSharp.Kinds.Scheduling;

/// <summary>All the API server knows about PriorityClasses.</summary>
internal sealed class PriorityClassKind : Kind<PriorityClass>
{
    private const int HighestUser = 1_000_000_000;
    private const string SystemPrefix = "system-";

    public override PriorityClass ApplyDefaults(PriorityClass obj) => obj.PreemptionPolicy is null ? obj with { PreemptionPolicy = "PreemptLowerPriority" } : obj;

    public override void Validate(PriorityClass obj, Findings findings)
    {
        if (obj.Metadata.Name.StartsWith(SystemPrefix, StringComparison.Ordinal))
        {
            if (obj is not ({ Metadata.Name: "system-cluster-critical", Value: 2_000_000_000 } or { Metadata.Name: "system-node-critical", Value: 2_000_001_000 }))
                findings.Forbidden("metadata.name", "priority class names with '" + SystemPrefix + "' prefix are reserved for system use only. error: " + $"{obj.Metadata.Name} is not a known system priority class");
        }
        else if (obj.Value > HighestUser)
        {
            findings.Forbidden("value", $"maximum allowed value of a user defined priority is {HighestUser}");
        }

        if (obj.PreemptionPolicy is not (null or "PreemptLowerPriority" or "Never"))
            findings.NotOneOf("preemptionPolicy", obj.PreemptionPolicy, "PreemptLowerPriority", "Never");
    }

    public override void ValidateUpdate(PriorityClass old, PriorityClass obj, Findings findings)
    {
        if (obj.Value != old.Value)
            findings.Forbidden("Value", "may not be changed in an update.");
        if (obj.PreemptionPolicy != old.PreemptionPolicy)
            findings.Invalid("preemptionPolicy", obj.PreemptionPolicy, "field is immutable");
    }

    public override IReadOnlyList<object?> Cells(PriorityClass obj, DateTimeOffset now) =>
        [obj.Metadata.Name, (long)obj.Value, obj.GlobalDefault, Ages.Of(obj.Metadata.CreationTimestamp, now), obj.PreemptionPolicy];
}
