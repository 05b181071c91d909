using KubeSharp.Kinds.Pods;
using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.NodeV1;

namespace KubeSharp.Kinds.Runtimes;

/// <summary>All the API server knows about RuntimeClasses.</summary>
internal sealed class RuntimeClassKind : Kind<RuntimeClass>
{
    public override bool UpdatesUnconditionally => false;

    public override RuntimeClass ApplyDefaults(RuntimeClass obj) => obj.Overhead is { PodFixed: var cost } overhead
        ? obj with { Overhead = overhead with { PodFixed = ContainerDefaults.Rounded(cost) } }
        : obj;

    public override void Validate(RuntimeClass obj, Findings findings)
    {
        findings.Each("handler", obj.Handler, NameRules.Dns1123Label(obj.Handler));
        if (obj.Overhead is { } overhead)
            ResourceRules.Validate(new() { Limits = overhead.PodFixed }, "overhead", [], findings);
        if (obj.Scheduling is not { } scheduling)
            return;

        findings.Labels("scheduling.nodeSelector", scheduling.NodeSelector);
        SchedulingRules.Tolerations(scheduling.Tolerations, "scheduling.tolerations", findings);
        for (var i = 0; i < scheduling.Tolerations.Count; i++)
        {
            if (scheduling.Tolerations.Take(i).Contains(scheduling.Tolerations[i]))
                findings.Duplicate($"scheduling.tolerations[{i}]", scheduling.Tolerations[i]);
        }
    }

    /// <summary>A handler is for ever; cost and scheduling are not checked again.</summary>
    public override void ValidateUpdate(RuntimeClass old, RuntimeClass obj, Findings findings) => findings.Immutable("handler", old.Handler, obj.Handler);

    public override IReadOnlyList<object?> Cells(RuntimeClass obj, DateTimeOffset now) =>
        [obj.Metadata.Name, obj.Handler, Ages.Of(obj.Metadata.CreationTimestamp, now)];
}
