using V1 = KubeSharp.Objects.AutoscalingV1;
using V2 = KubeSharp.Objects.AutoscalingV2;

namespace KubeSharp.ApiServer.Registry;

/// <summary>autoscaling/v1 knows one metric, the CPU's; all others and the behaviour are kept in v2 and pass v1 by.</summary>
internal static class AutoscalerForms
{
    public static IObject ToV2(IObject obj)
    {
        var h = (V1.HorizontalPodAutoscaler)obj;
        return new V2.HorizontalPodAutoscaler
        {
            Kind = "HorizontalPodAutoscaler",
            ApiVersion = "autoscaling/v2",
            Metadata = h.Metadata,
            Spec = new()
            {
                ScaleTargetRef = new() { Kind = h.Spec.ScaleTargetRef.Kind, Name = h.Spec.ScaleTargetRef.Name, ApiVersion = h.Spec.ScaleTargetRef.ApiVersion },
                MinReplicas = h.Spec.MinReplicas,
                MaxReplicas = h.Spec.MaxReplicas,
                Metrics = h.Spec.TargetCPUUtilizationPercentage is { } cpu
                    ? [new() { Type = "Resource", Resource = new() { Name = "cpu", Target = new() { Type = "Utilization", AverageUtilization = cpu } } }]
                    : [],
            },
            Status = new()
            {
                ObservedGeneration = h.Status.ObservedGeneration,
                LastScaleTime = h.Status.LastScaleTime,
                CurrentReplicas = h.Status.CurrentReplicas,
                DesiredReplicas = h.Status.DesiredReplicas,
            },
        };
    }

    public static IObject FromV2(IObject obj)
    {
        var h = (V2.HorizontalPodAutoscaler)obj;
        return new V1.HorizontalPodAutoscaler
        {
            Kind = "HorizontalPodAutoscaler",
            ApiVersion = "autoscaling/v1",
            Metadata = h.Metadata,
            Spec = new()
            {
                ScaleTargetRef = new() { Kind = h.Spec.ScaleTargetRef.Kind, Name = h.Spec.ScaleTargetRef.Name, ApiVersion = h.Spec.ScaleTargetRef.ApiVersion },
                MinReplicas = h.Spec.MinReplicas,
                MaxReplicas = h.Spec.MaxReplicas,
                TargetCPUUtilizationPercentage = h.Spec.Metrics.FirstOrDefault(m => m.Resource?.Name == "cpu")?.Resource?.Target.AverageUtilization,
            },
            Status = new()
            {
                ObservedGeneration = h.Status.ObservedGeneration,
                LastScaleTime = h.Status.LastScaleTime,
                CurrentReplicas = h.Status.CurrentReplicas,
                DesiredReplicas = h.Status.DesiredReplicas,
                CurrentCPUUtilizationPercentage = h.Status.CurrentMetrics.FirstOrDefault(m => m.Resource?.Name == "cpu")?.Resource?.Current.AverageUtilization,
            },
        };
    }
}
