using KubeSharp.Objects.AutoscalingV1;
using Current = KubeSharp.Objects.AutoscalingV2.HorizontalPodAutoscaler;

namespace KubeSharp.Kinds.Autoscaling;

/// <summary>The autoscaling/v1 face of HorizontalPodAutoscalers: the rules are those of v2, of what it means there.</summary>
internal sealed class OldHorizontalPodAutoscalerKind(HorizontalPodAutoscalerKind current) : Kind<HorizontalPodAutoscaler>
{
    private const int DefaultUtilization = 80;

    public override HorizontalPodAutoscaler ApplyDefaults(HorizontalPodAutoscaler obj) => obj with
    {
        Spec = obj.Spec with
        {
            MinReplicas = obj.Spec.MinReplicas ?? 1,
            TargetCPUUtilizationPercentage = obj.Spec.TargetCPUUtilizationPercentage
                ?? (AutoscalerAnnotations.Read(obj.Metadata.Annotations).Metrics.Count > 0 ? null : DefaultUtilization),
        },
    };

    public override void Validate(HorizontalPodAutoscaler obj, Findings findings) => current.Validate(Form(obj), findings);

    public override void ValidateUpdate(HorizontalPodAutoscaler old, HorizontalPodAutoscaler obj, Findings findings) =>
        current.ValidateUpdate(Form(old), Form(obj), findings);

    public override void ValidateStatusUpdate(HorizontalPodAutoscaler old, HorizontalPodAutoscaler obj, Findings findings) =>
        current.ValidateStatusUpdate(Form(old), Form(obj), findings);

    public override IReadOnlyList<object?> Cells(HorizontalPodAutoscaler obj, DateTimeOffset now) => current.Cells(Form(obj), now);

    private static Current Form(HorizontalPodAutoscaler obj) => (Current)AutoscalerForms.ToV2(obj);
}
