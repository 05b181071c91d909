using KubeSharp.Kinds.Pods;
using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.AppsV1;

namespace KubeSharp.Kinds.Apps;

/// <summary>All the API server knows about Deployments.</summary>
internal sealed class DeploymentKind : Kind<Deployment>
{
    private const string Template = "spec.template";

    public override Deployment ApplyDefaults(Deployment obj)
    {
        var spec = obj.Spec;
        return obj with
        {
            Spec = spec with
            {
                Replicas = spec.Replicas ?? 1,
                Strategy = Strategy(spec.Strategy),
                RevisionHistoryLimit = spec.RevisionHistoryLimit ?? 10,
                ProgressDeadlineSeconds = spec.ProgressDeadlineSeconds ?? 600,
                Template = PodSpecDefaults.Apply(spec.Template),
            },
        };
    }

    /// <summary>Labels of a Deployment are not its status' to change; with annotations and finalizers upstream is not so strict.</summary>
    public override Deployment PrepareForStatusUpdate(Deployment old, Deployment obj) =>
        base.PrepareForStatusUpdate(old, obj with { Metadata = obj.Metadata with { Labels = old.Metadata.Labels } });

    public override void Validate(Deployment obj, Findings findings)
    {
        var spec = obj.Spec;
        findings.NonNegative("spec.replicas", spec.Replicas);
        if (findings.WorkloadSelector("spec.selector", spec.Selector, "deployment", "invalid label selector") is { } selector)
        {
            WorkloadRules.LabelsMatch(selector, spec.Template, Template, findings);
            PodSpecRules.ValidateTemplate(spec.Template, Template, findings);
            WorkloadRules.RunsForEver(spec.Template, Template, "ReplicaSet", findings);
        }

        Strategy(spec.Strategy, "spec.strategy", findings);
        findings.NonNegative("spec.minReadySeconds", spec.MinReadySeconds);
        findings.NonNegative("spec.revisionHistoryLimit", spec.RevisionHistoryLimit);
        findings.NonNegative("spec.progressDeadlineSeconds", spec.ProgressDeadlineSeconds);
        if (spec.ProgressDeadlineSeconds <= spec.MinReadySeconds)
            findings.Invalid("spec.progressDeadlineSeconds", spec.ProgressDeadlineSeconds, "must be greater than minReadySeconds");
    }

    public override void ValidateUpdate(Deployment old, Deployment obj, Findings findings)
    {
        Validate(obj, findings);
        findings.Immutable("spec.selector", old.Spec.Selector, obj.Spec.Selector);
    }

    public override void ValidateStatusUpdate(Deployment old, Deployment obj, Findings findings)
    {
        var s = obj.Status;
        WorkloadRules.Counts(
            findings,
            ("observedGeneration", s.ObservedGeneration),
            ("replicas", s.Replicas),
            ("updatedReplicas", s.UpdatedReplicas),
            ("readyReplicas", s.ReadyReplicas),
            ("availableReplicas", s.AvailableReplicas),
            ("unavailableReplicas", s.UnavailableReplicas),
            ("terminatingReplicas", s.TerminatingReplicas),
            ("collisionCount", s.CollisionCount));
        WorkloadRules.NotMore(findings, "updatedReplicas", s.UpdatedReplicas, "status.replicas", s.Replicas);
        WorkloadRules.NotMore(findings, "readyReplicas", s.ReadyReplicas, "status.replicas", s.Replicas);
        WorkloadRules.NotMore(findings, "availableReplicas", s.AvailableReplicas, "status.replicas", s.Replicas);
        WorkloadRules.NotMore(findings, "availableReplicas", s.AvailableReplicas, "readyReplicas", s.ReadyReplicas);
        if (s.CollisionCount < old.Status.CollisionCount)
            findings.Invalid("status.collisionCount", s.CollisionCount, "cannot be decremented");
    }

    public override IReadOnlyList<object?> Cells(Deployment obj, DateTimeOffset now) =>
    [
        obj.Metadata.Name,
        $"{obj.Status.ReadyReplicas}/{obj.Spec.Replicas ?? 0}",
        (long)obj.Status.UpdatedReplicas,
        (long)obj.Status.AvailableReplicas,
        Ages.Of(obj.Metadata.CreationTimestamp, now),
        PodTemplateCells.ContainerNames(obj.Spec.Template),
        PodTemplateCells.Images(obj.Spec.Template),
        PodTemplateCells.Selector(obj.Spec.Selector),
    ];

    private static DeploymentStrategy Strategy(DeploymentStrategy strategy)
    {
        var type = ContainerDefaults.Or(strategy.Type, "RollingUpdate");
        if (type != "RollingUpdate")
            return strategy with { Type = type };

        var rolling = strategy.RollingUpdate ?? RollingUpdateDeployment.Empty;
        return new()
        {
            Type = type,
            RollingUpdate = rolling with { MaxUnavailable = rolling.MaxUnavailable ?? "25%", MaxSurge = rolling.MaxSurge ?? "25%" },
        };
    }

    private static void Strategy(DeploymentStrategy strategy, string path, Findings findings)
    {
        switch (strategy.Type)
        {
            case "Recreate":
                if (strategy.RollingUpdate is not null)
                    findings.Forbidden($"{path}.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'");
                break;
            case "RollingUpdate":
                if (strategy.RollingUpdate is { } rolling)
                    Rolling(rolling, $"{path}.rollingUpdate", findings);
                else
                    findings.Required($"{path}.rollingUpdate", "this should be defaulted and never be nil");
                break;
            default:
                findings.NotOneOf(path, strategy, "Recreate", "RollingUpdate");
                break;
        }
    }

    private static void Rolling(RollingUpdateDeployment rolling, string path, Findings findings)
    {
        findings.CountOrPercent($"{path}.maxUnavailable", rolling.MaxUnavailable);
        findings.CountOrPercent($"{path}.maxSurge", rolling.MaxSurge);
        if (rolling.MaxUnavailable?.IsZero() == true && rolling.MaxSurge?.IsZero() == true)
            findings.Invalid($"{path}.maxUnavailable", rolling.MaxUnavailable, "may not be 0 when `maxSurge` is 0");
        findings.AtMost100Percent($"{path}.maxUnavailable", rolling.MaxUnavailable);
    }
}
