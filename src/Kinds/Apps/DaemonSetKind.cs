using KubeSharp.Kinds.Pods;
using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.AppsV1;

namespace KubeSharp.Kinds.Apps;

/// <summary>All the API server knows about DaemonSets.</summary>
internal sealed class DaemonSetKind : Kind<DaemonSet>
{
    private const string Template = "spec.template";
    private const string Generation = "deprecated.daemonset.template.generation";

    public override DaemonSet ApplyDefaults(DaemonSet obj) => obj with
    {
        // The server's inner form has it always: who creates a DaemonSet, or updates it without, is seen to have set it.
        Metadata = obj.Metadata.Annotations.ContainsKey(Generation)
            ? obj.Metadata
            : obj.Metadata with { Annotations = new Dictionary<string, string>(obj.Metadata.Annotations) { [Generation] = "0" } },
        Spec = obj.Spec with
        {
            UpdateStrategy = Strategy(obj.Spec.UpdateStrategy),
            RevisionHistoryLimit = obj.Spec.RevisionHistoryLimit ?? 10,
            Template = PodSpecDefaults.Apply(obj.Spec.Template),
        },
    };

    /// <summary>The template's generation, which controllers of old put into pods' labels, lives on as an annotation.</summary>
    public override DaemonSet PrepareForCreate(DaemonSet obj) => WithTemplateGeneration((DaemonSet)obj.WithStatusOf(null), 1);

    public override DaemonSet PrepareForUpdate(DaemonSet old, DaemonSet obj) =>
        WithTemplateGeneration((DaemonSet)obj.WithStatusOf(old), GenerationOf(old) + (old.Spec.Template == obj.Spec.Template ? 0 : 1));

    /// <summary>The annotation stands for a field of the spec, which a status leaves alone.</summary>
    public override DaemonSet PrepareForStatusUpdate(DaemonSet old, DaemonSet obj) => WithTemplateGeneration(base.PrepareForStatusUpdate(old, obj), GenerationOf(old));

    public override void Validate(DaemonSet obj, Findings findings)
    {
        var spec = obj.Spec;
        findings.Selector("spec.selector", spec.Selector);
        if (LabelSelectorRules.IsUsable(spec.Selector))
            WorkloadRules.LabelsMatch(Selector.Of(spec.Selector), spec.Template, Template, findings);
        if (spec.Selector is { } selector && LabelSelectorRules.IsEmpty(selector))
            findings.Invalid("spec.selector", selector, "empty selector is invalid for daemonset");
        PodSpecRules.ValidateTemplate(spec.Template, Template, findings);
        WorkloadRules.RunsForEver(spec.Template, Template, "DaemonSet", findings);
        findings.NonNegative("spec.minReadySeconds", spec.MinReadySeconds);
        Strategy(spec.UpdateStrategy, "spec.updateStrategy", findings);
        findings.NonNegative("spec.revisionHistoryLimit", spec.RevisionHistoryLimit);
    }

    public override void ValidateUpdate(DaemonSet old, DaemonSet obj, Findings findings)
    {
        Validate(obj, findings);
        findings.Immutable("spec.selector", old.Spec.Selector, obj.Spec.Selector);
    }

    public override void ValidateStatusUpdate(DaemonSet old, DaemonSet obj, Findings findings)
    {
        var s = obj.Status;
        WorkloadRules.Counts(
            findings,
            ("currentNumberScheduled", s.CurrentNumberScheduled),
            ("numberMisscheduled", s.NumberMisscheduled),
            ("desiredNumberScheduled", s.DesiredNumberScheduled),
            ("numberReady", s.NumberReady),
            ("observedGeneration", s.ObservedGeneration),
            ("updatedNumberScheduled", s.UpdatedNumberScheduled),
            ("numberAvailable", s.NumberAvailable),
            ("numberUnavailable", s.NumberUnavailable),
            ("collisionCount", s.CollisionCount));
        if (s.CollisionCount < old.Status.CollisionCount)
            findings.Invalid("status.collisionCount", s.CollisionCount, "cannot be decremented");
    }

    public override IReadOnlyList<object?> Cells(DaemonSet obj, DateTimeOffset now) =>
    [
        obj.Metadata.Name,
        (long)obj.Status.DesiredNumberScheduled,
        (long)obj.Status.CurrentNumberScheduled,
        (long)obj.Status.NumberReady,
        (long)obj.Status.UpdatedNumberScheduled,
        (long)obj.Status.NumberAvailable,
        PodTemplateCells.Labels(obj.Spec.Template.Spec.NodeSelector),
        Ages.Of(obj.Metadata.CreationTimestamp, now),
        PodTemplateCells.ContainerNames(obj.Spec.Template),
        PodTemplateCells.Images(obj.Spec.Template),
        PodTemplateCells.Selector(obj.Spec.Selector),
    ];

    private static long GenerationOf(DaemonSet obj) => long.TryParse(obj.Metadata.Annotations.GetValueOrDefault(Generation), out var generation) ? generation : 0;

    private static DaemonSet WithTemplateGeneration(DaemonSet obj, long generation) => obj with
    {
        Metadata = obj.Metadata with { Annotations = new Dictionary<string, string>(obj.Metadata.Annotations) { [Generation] = $"{Math.Max(1, generation)}" } },
    };

    private static DaemonSetUpdateStrategy Strategy(DaemonSetUpdateStrategy strategy)
    {
        var type = ContainerDefaults.Or(strategy.Type, "RollingUpdate");
        if (type != "RollingUpdate")
            return strategy with { Type = type };

        var rolling = strategy.RollingUpdate ?? RollingUpdateDaemonSet.Empty;
        return new() { Type = type, RollingUpdate = rolling with { MaxUnavailable = rolling.MaxUnavailable ?? 1, MaxSurge = rolling.MaxSurge ?? 0 } };
    }

    private static void Strategy(DaemonSetUpdateStrategy strategy, string path, Findings findings)
    {
        switch (strategy.Type)
        {
            case "OnDelete":
                break;
            case "RollingUpdate" when strategy.RollingUpdate is null:
                findings.Required($"{path}.rollingUpdate");
                break;
            case "RollingUpdate":
                Rolling(strategy.RollingUpdate!, $"{path}.rollingUpdate", findings);
                break;
            default:
                findings.NotOneOf(path, strategy, "RollingUpdate", "OnDelete");
                break;
        }
    }

    private static void Rolling(RollingUpdateDaemonSet rolling, string path, Findings findings)
    {
        findings.CountOrPercent($"{path}.maxUnavailable", rolling.MaxUnavailable);
        findings.AtMost100Percent($"{path}.maxUnavailable", rolling.MaxUnavailable);
        findings.CountOrPercent($"{path}.maxSurge", rolling.MaxSurge);
        findings.AtMost100Percent($"{path}.maxSurge", rolling.MaxSurge);

        var (isUnavailable, isSurge) = (rolling.MaxUnavailable?.IsZero() == false, rolling.MaxSurge?.IsZero() == false);
        if (isUnavailable && isSurge)
            findings.Invalid($"{path}.maxSurge", rolling.MaxSurge, "may not be set when maxUnavailable is non-zero");
        else if (!isUnavailable && !isSurge)
            findings.Required($"{path}.maxUnavailable", "cannot be 0 when maxSurge is 0");
    }
}
