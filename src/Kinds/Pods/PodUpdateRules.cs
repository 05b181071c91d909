using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Pods;

/// <summary>What may change in a pod that exists: little, for the node has begun to carry it out.</summary>
internal static class PodUpdateRules
{
    private const string Updatable =
        "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
        + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    public static void Validate(Pod old, Pod pod, Findings findings)
    {
        if (!Containers(old.Spec.Containers, pod.Spec.Containers, "spec.containers", findings)
            || !Containers(old.Spec.InitContainers, pod.Spec.InitContainers, "spec.initContainers", findings)
            || !Deadline(old.Spec.ActiveDeadlineSeconds, pod.Spec.ActiveDeadlineSeconds, findings))
        {
            return;
        }

        Tolerations(old.Spec.Tolerations, pod.Spec.Tolerations, findings);
        for (var i = 0; i < pod.Spec.SchedulingGates.Count; i++)
        {
            var gate = pod.Spec.SchedulingGates[i].Name;
            if (old.Spec.SchedulingGates.All(g => g.Name != gate))
                findings.Forbidden($"spec.schedulingGates[{i}].name", $"only deletion is allowed, but found new scheduling gate '{gate}'");
        }

        var rest = WithoutUpdatable(old.Spec, pod.Spec);
        if (old.Spec.SchedulingGates.Count > 0)
            rest = WithoutNarrowing(old.Spec, rest, findings);
        if (rest != old.Spec)
            findings.Forbidden("spec", $"pod updates may not change fields other than {Updatable}\n{SpecDifference.Of(old.Spec, rest)}");
    }

    private static bool Containers(IReadOnlyList<Container> old, IReadOnlyList<Container> now, string path, Findings findings)
    {
        if (old.Count != now.Count)
        {
            findings.Forbidden(path, "pod updates may not add or remove containers");
            return false;
        }

        return true;
    }

    /// <summary>A deadline may be set, and brought nearer.</summary>
    private static bool Deadline(long? old, long? now, Findings findings)
    {
        const string Path = "spec.activeDeadlineSeconds";
        switch (now)
        {
            case null when old is not null:
                findings.Invalid(Path, null, "must not update from a positive integer to nil value");
                return true;
            case < 0 or > int.MaxValue:
                findings.InRange(Path, now, 0, int.MaxValue);
                return false;
            case { } when now > old:
                findings.Invalid(Path, now, "must be less than or equal to previous value");
                return false;
            default:
                return true;
        }
    }

    private static void Tolerations(IReadOnlyList<Toleration> old, IReadOnlyList<Toleration> now, Findings findings)
    {
        var areKept = old.All(o => now.Any(n => n == o with { TolerationSeconds = n.TolerationSeconds }));
        if (!areKept)
            findings.Forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds");
    }

    /// <summary>The new spec with the old values where change is allowed: what is left differs only where it may not.</summary>
    private static PodSpec WithoutUpdatable(PodSpec old, PodSpec now) => now with
    {
        Containers = [.. now.Containers.Select((c, i) => c with { Image = old.Containers[i].Image })],
        InitContainers = now.InitContainers.Count == 0 ? old.InitContainers : [.. now.InitContainers.Select((c, i) => c with { Image = old.InitContainers[i].Image })],
        ActiveDeadlineSeconds = old.ActiveDeadlineSeconds,
        Tolerations = old.Tolerations,
        SchedulingGates = old.SchedulingGates,
        TerminationGracePeriodSeconds = old.TerminationGracePeriodSeconds < 0 && now.TerminationGracePeriodSeconds == 1
            ? old.TerminationGracePeriodSeconds
            : now.TerminationGracePeriodSeconds,
    };

    /// <summary>A pod that still waits at its gates may be narrowed to fewer nodes.</summary>
    private static PodSpec WithoutNarrowing(PodSpec old, PodSpec now, Findings findings)
    {
        if (old.NodeSelector.Any(o => now.NodeSelector.GetValueOrDefault(o.Key) != o.Value))
            findings.Invalid("spec.nodeSelector", now.NodeSelector, "only additions to spec.nodeSelector are allowed (no mutations or deletions)");

        var (before, after) = (old.Affinity?.NodeAffinity, now.Affinity?.NodeAffinity);
        if (before?.RequiredDuringSchedulingIgnoredDuringExecution is { } required)
            Narrowed(required, after?.RequiredDuringSchedulingIgnoredDuringExecution, findings);

        var others = now.Affinity is null ? null : now.Affinity with { NodeAffinity = before };
        return now with
        {
            NodeSelector = old.NodeSelector,
            Affinity = others is null && before is not null ? new() { NodeAffinity = before } : others == Affinity.Empty && old.Affinity is null ? null : others,
        };
    }

    private static void Narrowed(NodeSelector old, NodeSelector? now, Findings findings)
    {
        const string Path = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution";
        if (now is null || now.NodeSelectorTerms.Count != old.NodeSelectorTerms.Count)
        {
            findings.Invalid($"{Path}.nodeSelectorTerms", now, "no additions/deletions to non-empty NodeSelectorTerms list are allowed");
            return;
        }

        for (var i = 0; i < old.NodeSelectorTerms.Count; i++)
        {
            var (before, after) = (old.NodeSelectorTerms[i], now.NodeSelectorTerms[i]);
            if (!before.MatchExpressions.All(after.MatchExpressions.Contains) || !before.MatchFields.All(after.MatchFields.Contains))
                findings.Invalid($"{Path}.nodeSelectorTerms[{i}]", after, "only additions are allowed (no mutations or deletions)");
        }
    }
}
