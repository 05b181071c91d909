using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.AutoscalingV2;

namespace KubeSharp.Kinds.Autoscaling;

/// <summary>What an autoscaler measures, and what it aims at.</summary>
internal static class MetricRules
{
    private const string EitherUtilization = "must set either a target raw value or a target utilization";
    private const string NotBothUtilization = "may not set both a target raw value and a target utilization";

    public static void Reference(CrossVersionObjectReference reference, string field, Findings findings)
    {
        findings.PathSegment($"{field}.kind", reference.Kind);
        findings.PathSegment($"{field}.name", reference.Name);
    }

    public static void Validate(MetricSpec metric, string field, Findings findings)
    {
        (string Type, string Field, object? Source)[] sources =
        [
            ("Object", "object", metric.Object),
            ("External", "external", metric.External),
            ("Pods", "pods", metric.Pods),
            ("Resource", "resource", metric.Resource),
            ("ContainerResource", "containerResource", metric.ContainerResource),
        ];
        var own = sources.FirstOrDefault(s => s.Type == metric.Type);
        if (metric.Type.Length == 0)
            findings.Required($"{field}.type", "must specify a metric source type");
        if (own.Type is null)
            findings.NotSupported($"{field}.type", metric.Type, "ContainerResource", "External", "Object", "Pods", "Resource");

        var set = sources.Where(s => s.Source is not null).ToList();
        if (set.Count > 0)
            Source(set[0].Source!, $"{field}.{set[0].Field}", findings);
        if (own is { Type: not null, Source: null })
            findings.Required($"{field}.{own.Field}", "must populate information for the given metric source");
        foreach (var other in set.Count == 1 ? [] : set.Where(s => s.Type != metric.Type))
            findings.Forbidden($"{field}.{other.Field}", "must populate the given metric source only");
    }

    private static void Source(object source, string field, Findings findings)
    {
        switch (source)
        {
            case ObjectMetricSource o:
                Reference(o.DescribedObject, $"{field}.describedObject", findings);
                Identifier(o.Metric, $"{field}.metric", findings);
                Target(o.Target, $"{field}.target", findings);
                if (o.Target is { Value: null, AverageValue: null })
                    findings.Required($"{field}.target.averageValue", "must set either a target value or averageValue");
                break;
            case ExternalMetricSource e:
                Identifier(e.Metric, $"{field}.metric", findings);
                Target(e.Target, $"{field}.target", findings);
                if (e.Target is { Value: null, AverageValue: null })
                    findings.Required($"{field}.target.averageValue", "must set either a target value for metric or a per-pod target");
                if (e.Target is { Value: not null, AverageValue: not null })
                    findings.Forbidden($"{field}.target.value", "may not set both a target value for metric and a per-pod target");
                break;
            case PodsMetricSource p:
                Identifier(p.Metric, $"{field}.metric", findings);
                Target(p.Target, $"{field}.target", findings);
                if (p.Target.AverageValue is not { Sign: > 0 })
                    findings.Required($"{field}.target.averageValue", "must specify a positive target averageValue");
                break;
            case ContainerResourceMetricSource c:
                findings.Present($"{field}.container", c.Container, "must specify a container");
                Resource(c.Name, c.Target, field, findings);
                break;
            case ResourceMetricSource r:
                Resource(r.Name, r.Target, field, findings);
                break;
        }
    }

    private static void Resource(string name, MetricTarget target, string field, Findings findings)
    {
        findings.Present($"{field}.name", name, "must specify a resource name");
        Target(target, $"{field}.target", findings);
        if (target is { AverageUtilization: null, AverageValue: null })
            findings.Required($"{field}.target.averageUtilization", EitherUtilization);
        if (target is { AverageUtilization: not null, AverageValue: not null })
            findings.Forbidden($"{field}.target.averageValue", NotBothUtilization);
    }

    private static void Identifier(MetricIdentifier metric, string field, Findings findings) =>
        findings.PathSegment($"{field}.name", metric.Name, "must specify a metric name");

    private static void Target(MetricTarget target, string field, Findings findings)
    {
        findings.Present($"{field}.type", target.Type, "must specify a metric target type");
        if (target.Type is not ("Utilization" or "Value" or "AverageValue"))
            findings.Invalid($"{field}.type", target.Type, "must be either Utilization, Value, or AverageValue");
        if (target.Value is { Sign: <= 0 })
            findings.Invalid($"{field}.value", target.Value, "must be positive");
        if (target.AverageValue is { Sign: <= 0 })
            findings.Invalid($"{field}.averageValue", target.AverageValue, "must be positive");
        if (target.AverageUtilization < 1)
            findings.Invalid($"{field}.averageUtilization", target.AverageUtilization, "must be greater than 0");
    }
}
