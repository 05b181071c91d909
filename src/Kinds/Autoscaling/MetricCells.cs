using KubeSharp.Objects.AutoscalingV2;

namespace KubeSharp.Kinds.Autoscaling;

/// <summary>The column that shows what an autoscaler measures against what it aims at.</summary>
internal static class MetricCells
{
    private const int MaxShown = 2;

    public static string Targets(IReadOnlyList<MetricSpec> specs, IReadOnlyList<MetricStatus> statuses)
    {
        if (specs.Count == 0)
            return CellText.None;

        var shown = string.Join(", ", specs.Take(MaxShown).Select((s, i) => Target(s, i < statuses.Count ? statuses[i] : MetricStatus.Empty)));
        return specs.Count > MaxShown ? $"{shown} + {specs.Count - MaxShown} more..." : shown;
    }

    private static string Target(MetricSpec spec, MetricStatus status) => spec.Type switch
    {
        "External" when spec.External is { } e => Value(e.Target, status.External?.Current),
        "Object" when spec.Object is { } o => Value(o.Target, status.Object?.Current),
        "Pods" when spec.Pods is { } p => $"{Text(status.Pods?.Current.AverageValue)}/{p.Target.AverageValue}",
        "Resource" when spec.Resource is { } r => Resource(r.Name, r.Target, status.Resource?.Current),
        "ContainerResource" when spec.ContainerResource is { } c => Resource(c.Name, c.Target, status.ContainerResource?.Current),
        _ => "<unknown type>",
    };

    private static string Value(MetricTarget target, MetricValueStatus? current) => target.AverageValue is { } average
        ? $"{Text(current?.AverageValue)}/{average} (avg)"
        : $"{Text(current?.Value)}/{target.Value}";

    private static string Resource(string name, MetricTarget target, MetricValueStatus? current) => target.AverageValue is { } average
        ? $"{name}: {Text(current?.AverageValue)}/{average}"
        : $"{name}: {(current?.AverageUtilization is { } now ? $"{now}%" : CellText.Unknown)}/{(target.AverageUtilization is { } aim ? $"{aim}%" : "<auto>")}";

    private static string Text(Quantity? value) => value?.ToString() ?? CellText.Unknown;
}
