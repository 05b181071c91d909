using KubeSharp.Kinds.Pods;
using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Core;

/// <summary>The ReplicaSet of old, whose selector is a plain map.</summary>
internal sealed class ReplicationControllerKind : Kind<ReplicationController>
{
    public override Dependents DefaultDependents => Dependents.Orphan;

    public override IReadOnlyCollection<string> FieldNames => ReplicaRules.Fields;

    public override IReadOnlyDictionary<string, string> SelectableFields(ReplicationController obj) => ReplicaRules.Selectable(obj.Status.Replicas);

    public override ReplicationController ApplyDefaults(ReplicationController obj)
    {
        var labels = obj.Spec.Template?.Metadata.Labels ?? Nil.Map<string>();
        return obj with
        {
            Metadata = obj.Metadata.Labels.Count == 0 ? obj.Metadata with { Labels = labels } : obj.Metadata,
            Spec = obj.Spec with
            {
                Replicas = obj.Spec.Replicas ?? 1,
                Selector = obj.Spec.Selector.Count == 0 ? labels : obj.Spec.Selector,
                Template = obj.Spec.Template is { } template ? PodSpecDefaults.Apply(template) : null,
            },
        };
    }

    public override void Validate(ReplicationController obj, Findings findings)
    {
        var spec = obj.Spec;
        findings.NonNegative("spec.minReadySeconds", spec.MinReadySeconds);
        if (spec.Selector.Count == 0)
            findings.Required("spec.selector");
        findings.NonNegative("spec.replicas", spec.Replicas);
        if (spec.Template is not { } template)
        {
            findings.Required("spec.template");
            return;
        }

        WorkloadRules.LabelsMatch(Selector.Of(spec.Selector), template, "spec.template", findings);
        PodSpecRules.ValidateTemplate(template, "spec.template", findings);
        WorkloadRules.RunsForEver(template, "spec.template", "ReplicationController", findings);
    }

    public override void ValidateStatusUpdate(ReplicationController old, ReplicationController obj, Findings findings) => ReplicaRules.ValidateStatus(Counts(obj.Status), findings);

    public override IReadOnlyList<object?> Cells(ReplicationController obj, DateTimeOffset now) =>
        ReplicaRules.Cells(obj.Metadata, obj.Spec.Replicas, Counts(obj.Status), obj.Spec.Template, PodTemplateCells.Labels(obj.Spec.Selector), now);

    private static ReplicaCounts Counts(ReplicationControllerStatus s) =>
        new(s.Replicas, s.FullyLabeledReplicas, s.ReadyReplicas, s.AvailableReplicas, null, s.ObservedGeneration);
}
