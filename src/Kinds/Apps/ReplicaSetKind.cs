using KubeSharp.Kinds.Pods;
using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.AppsV1;

namespace KubeSharp.Kinds.Apps;

/// <summary>All the API server knows about ReplicaSets.</summary>
internal sealed class ReplicaSetKind : Kind<ReplicaSet>
{
    private const string Template = "spec.template";

    public override IReadOnlyCollection<string> FieldNames => ReplicaRules.Fields;

    public override IReadOnlyDictionary<string, string> SelectableFields(ReplicaSet obj) => ReplicaRules.Selectable(obj.Status.Replicas);

    public override ReplicaSet ApplyDefaults(ReplicaSet obj) =>
        obj with { Spec = obj.Spec with { Replicas = obj.Spec.Replicas ?? 1, Template = PodSpecDefaults.Apply(obj.Spec.Template) } };

    public override void Validate(ReplicaSet obj, Findings findings)
    {
        var spec = obj.Spec;
        findings.NonNegative("spec.replicas", spec.Replicas);
        findings.NonNegative("spec.minReadySeconds", spec.MinReadySeconds);
        if (findings.WorkloadSelector("spec.selector", spec.Selector, "deployment", "invalid label selector") is not { } selector)
            return;

        WorkloadRules.LabelsMatch(selector, spec.Template, Template, findings);
        PodSpecRules.ValidateTemplate(spec.Template, Template, findings);
        WorkloadRules.RunsForEver(spec.Template, Template, "ReplicaSet", findings);
    }

    public override void ValidateUpdate(ReplicaSet old, ReplicaSet obj, Findings findings)
    {
        Validate(obj, findings);
        findings.Immutable("spec.selector", old.Spec.Selector, obj.Spec.Selector);
    }

    public override void ValidateStatusUpdate(ReplicaSet old, ReplicaSet obj, Findings findings) => ReplicaRules.ValidateStatus(Counts(obj.Status), findings);

    public override IReadOnlyList<object?> Cells(ReplicaSet obj, DateTimeOffset now) =>
        ReplicaRules.Cells(obj.Metadata, obj.Spec.Replicas, Counts(obj.Status), obj.Spec.Template, PodTemplateCells.Selector(obj.Spec.Selector), now);

    private static ReplicaCounts Counts(ReplicaSetStatus s) =>
        new(s.Replicas, s.FullyLabeledReplicas, s.ReadyReplicas, s.AvailableReplicas, s.TerminatingReplicas, s.ObservedGeneration);
}
