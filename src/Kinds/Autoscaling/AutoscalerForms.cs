using V1 = KubeSharp.Objects.AutoscalingV1;
using V2 = KubeSharp.Objects.AutoscalingV2;

namespace KubeSharp.Kinds.Autoscaling;

/// <summary>
/// autoscaling/v1 has one field for one metric, the CPU's. What v2 says beyond that goes through v1 as annotations, so that a client of
/// the old version writes back what it read.
/// </summary>
public static class AutoscalerForms
{
    public static IObject ToV2(IObject obj)
    {
        var h = (V1.HorizontalPodAutoscaler)obj;
        var notes = AutoscalerAnnotations.Read(h.Metadata.Annotations);
        var cpu = h.Spec.TargetCPUUtilizationPercentage is { } target ? new V2.MetricSpec[]
        {
            new() { Type = "Resource", Resource = new() { Name = "cpu", Target = new() { Type = "Utilization", AverageUtilization = target } } },
        } : [];
        return new V2.HorizontalPodAutoscaler
        {
            Kind = "HorizontalPodAutoscaler",
            ApiVersion = "autoscaling/v2",
            Metadata = h.Metadata with { Annotations = AutoscalerAnnotations.Without(h.Metadata.Annotations) },
            Spec = new()
            {
                ScaleTargetRef = AutoscalerMetrics.ToV2(h.Spec.ScaleTargetRef),
                MinReplicas = h.Spec.MinReplicas,
                MaxReplicas = h.Spec.MaxReplicas,
                Metrics = [.. cpu, .. notes.Metrics],
                Behavior = notes.Behavior,
            },
            Status = new()
            {
                ObservedGeneration = h.Status.ObservedGeneration,
                LastScaleTime = h.Status.LastScaleTime,
                CurrentReplicas = h.Status.CurrentReplicas,
                DesiredReplicas = h.Status.DesiredReplicas,
                CurrentMetrics = [.. h.Status.CurrentCPUUtilizationPercentage is { } current ? [Current(current)] : Array.Empty<V2.MetricStatus>(), .. notes.Current],
                Conditions = notes.Conditions,
            },
        };
    }

    public static IObject FromV2(IObject obj)
    {
        var h = (V2.HorizontalPodAutoscaler)obj;
        var cpu = h.Spec.Metrics.FirstOrDefault(m => m.Resource is { Name: "cpu", Target.AverageUtilization: not null });
        var current = h.Status.CurrentMetrics.FirstOrDefault(m => m.Resource is { Name: "cpu", Current.AverageUtilization: not null });
        var notes = new AutoscalerAnnotations(
            [.. h.Spec.Metrics.Where(m => !ReferenceEquals(m, cpu))],
            [.. h.Status.CurrentMetrics.Where(m => !ReferenceEquals(m, current))],
            h.Status.Conditions,
            h.Spec.Behavior);
        return new V1.HorizontalPodAutoscaler
        {
            Kind = "HorizontalPodAutoscaler",
            ApiVersion = "autoscaling/v1",
            Metadata = h.Metadata with { Annotations = notes.WriteTo(h.Metadata.Annotations) },
            Spec = new()
            {
                ScaleTargetRef = AutoscalerMetrics.ToV1(h.Spec.ScaleTargetRef),
                MinReplicas = h.Spec.MinReplicas,
                MaxReplicas = h.Spec.MaxReplicas,
                TargetCPUUtilizationPercentage = cpu?.Resource?.Target.AverageUtilization,
            },
            Status = new()
            {
                ObservedGeneration = h.Status.ObservedGeneration,
                LastScaleTime = h.Status.LastScaleTime,
                CurrentReplicas = h.Status.CurrentReplicas,
                DesiredReplicas = h.Status.DesiredReplicas,
                CurrentCPUUtilizationPercentage = current?.Resource?.Current.AverageUtilization,
            },
        };
    }

    private static V2.MetricStatus Current(int utilization) =>
        new() { Type = "Resource", Resource = new() { Name = "cpu", Current = new() { AverageUtilization = utilization } } };
}
