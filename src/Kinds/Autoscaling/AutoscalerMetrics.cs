using V1 = KubeSharp.Objects.AutoscalingV1;
using V2 = KubeSharp.Objects.AutoscalingV2;

namespace KubeSharp.Kinds.Autoscaling;

/// <summary>Metrics, their values and conditions between the two versions: v1 has a field for each sort of target, v2 one struct for all.</summary>
internal static class AutoscalerMetrics
{
    public static V2.CrossVersionObjectReference ToV2(V1.CrossVersionObjectReference r) => new() { Kind = r.Kind, Name = r.Name, ApiVersion = r.ApiVersion };

    public static V1.CrossVersionObjectReference ToV1(V2.CrossVersionObjectReference r) => new() { Kind = r.Kind, Name = r.Name, ApiVersion = r.ApiVersion };

    public static V2.HorizontalPodAutoscalerCondition ToV2(V1.HorizontalPodAutoscalerCondition c) =>
        new() { Type = c.Type, Status = c.Status, LastTransitionTime = c.LastTransitionTime, Reason = c.Reason, Message = c.Message };

    public static V1.HorizontalPodAutoscalerCondition ToV1(V2.HorizontalPodAutoscalerCondition c) =>
        new() { Type = c.Type, Status = c.Status, LastTransitionTime = c.LastTransitionTime, Reason = c.Reason, Message = c.Message };

    public static V2.MetricSpec ToV2(V1.MetricSpec m) => new()
    {
        Type = m.Type,
        Object = m.Object is { } o ? new()
        {
            DescribedObject = ToV2(o.Target),
            Metric = new() { Name = o.MetricName, Selector = o.Selector },
            Target = Target(null, o.AverageValue is null ? o.TargetValue : null, o.AverageValue),
        } : null,
        Pods = m.Pods is { } p ? new() { Metric = new() { Name = p.MetricName, Selector = p.Selector }, Target = Target(null, null, p.TargetAverageValue) } : null,
        Resource = m.Resource is { } r ? new() { Name = r.Name, Target = Target(r.TargetAverageUtilization, null, r.TargetAverageValue) } : null,
        ContainerResource = m.ContainerResource is { } c
            ? new() { Name = c.Name, Container = c.Container, Target = Target(c.TargetAverageUtilization, null, c.TargetAverageValue) }
            : null,
        External = m.External is { } e
            ? new() { Metric = new() { Name = e.MetricName, Selector = e.MetricSelector }, Target = Target(null, e.TargetValue, e.TargetAverageValue) }
            : null,
    };

    public static V1.MetricSpec ToV1(V2.MetricSpec m) => new()
    {
        Type = m.Type,
        Object = m.Object is { } o ? new()
        {
            Target = ToV1(o.DescribedObject),
            MetricName = o.Metric.Name,
            Selector = o.Metric.Selector,
            TargetValue = o.Target.Value ?? Quantity.Zero,
            AverageValue = o.Target.AverageValue,
        } : null,
        Pods = m.Pods is { } p ? new() { MetricName = p.Metric.Name, Selector = p.Metric.Selector, TargetAverageValue = p.Target.AverageValue ?? Quantity.Zero } : null,
        Resource = m.Resource is { } r ? new() { Name = r.Name, TargetAverageUtilization = r.Target.AverageUtilization, TargetAverageValue = r.Target.AverageValue } : null,
        ContainerResource = m.ContainerResource is { } c
            ? new() { Name = c.Name, Container = c.Container, TargetAverageUtilization = c.Target.AverageUtilization, TargetAverageValue = c.Target.AverageValue }
            : null,
        External = m.External is { } e
            ? new() { MetricName = e.Metric.Name, MetricSelector = e.Metric.Selector, TargetValue = e.Target.Value, TargetAverageValue = e.Target.AverageValue }
            : null,
    };

    public static V2.MetricStatus ToV2(V1.MetricStatus m) => new()
    {
        Type = m.Type,
        Object = m.Object is { } o ? new()
        {
            DescribedObject = ToV2(o.Target),
            Metric = new() { Name = o.MetricName, Selector = o.Selector },
            Current = new() { Value = o.CurrentValue, AverageValue = o.AverageValue },
        } : null,
        Pods = m.Pods is { } p ? new() { Metric = new() { Name = p.MetricName, Selector = p.Selector }, Current = new() { AverageValue = p.CurrentAverageValue } } : null,
        Resource = m.Resource is { } r
            ? new() { Name = r.Name, Current = new() { AverageUtilization = r.CurrentAverageUtilization, AverageValue = r.CurrentAverageValue } }
            : null,
        ContainerResource = m.ContainerResource is { } c
            ? new() { Name = c.Name, Container = c.Container, Current = new() { AverageUtilization = c.CurrentAverageUtilization, AverageValue = c.CurrentAverageValue } }
            : null,
        External = m.External is { } e
            ? new() { Metric = new() { Name = e.MetricName, Selector = e.MetricSelector }, Current = new() { Value = e.CurrentValue, AverageValue = e.CurrentAverageValue } }
            : null,
    };

    public static V1.MetricStatus ToV1(V2.MetricStatus m) => new()
    {
        Type = m.Type,
        Object = m.Object is { } o ? new()
        {
            Target = ToV1(o.DescribedObject),
            MetricName = o.Metric.Name,
            Selector = o.Metric.Selector,
            CurrentValue = o.Current.Value ?? Quantity.Zero,
            AverageValue = o.Current.AverageValue,
        } : null,
        Pods = m.Pods is { } p ? new() { MetricName = p.Metric.Name, Selector = p.Metric.Selector, CurrentAverageValue = p.Current.AverageValue ?? Quantity.Zero } : null,
        Resource = m.Resource is { } r
            ? new() { Name = r.Name, CurrentAverageUtilization = r.Current.AverageUtilization, CurrentAverageValue = r.Current.AverageValue ?? Quantity.Zero }
            : null,
        ContainerResource = m.ContainerResource is { } c
            ? new() { Name = c.Name, Container = c.Container, CurrentAverageUtilization = c.Current.AverageUtilization, CurrentAverageValue = c.Current.AverageValue ?? Quantity.Zero }
            : null,
        External = m.External is { } e
            ? new() { MetricName = e.Metric.Name, MetricSelector = e.Metric.Selector, CurrentValue = e.Current.Value ?? Quantity.Zero, CurrentAverageValue = e.Current.AverageValue }
            : null,
    };

    private static V2.MetricTarget Target(int? utilization, Quantity? value, Quantity? average) => new()
    {
        Type = utilization is not null ? "Utilization" : value is not null ? "Value" : "AverageValue",
        AverageUtilization = utilization,
        Value = value,
        AverageValue = average,
    };
}
