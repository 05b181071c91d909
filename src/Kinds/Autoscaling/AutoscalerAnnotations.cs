using System.Text;
using System.Text.Json;
using V1 = KubeSharp.Objects.AutoscalingV1;
using V2 = KubeSharp.Objects.AutoscalingV2;

namespace KubeSharp.Kinds.Autoscaling;

/// <summary>The parts of a HorizontalPodAutoscaler that autoscaling/v1 has no fields for, and the annotations that carry them there.</summary>
internal sealed record AutoscalerAnnotations(
    IReadOnlyList<V2.MetricSpec> Metrics,
    IReadOnlyList<V2.MetricStatus> Current,
    IReadOnlyList<V2.HorizontalPodAutoscalerCondition> Conditions,
    V2.HorizontalPodAutoscalerBehavior? Behavior)
{
    public const string MetricsKey = Prefix + "metrics";
    private const string Prefix = "autoscaling.alpha.kubernetes.io/";
    private const string CurrentKey = Prefix + "current-metrics";
    private const string ConditionsKey = Prefix + "conditions";
    private const string BehaviorKey = Prefix + "behavior";

    private static readonly string[] Keys = [MetricsKey, CurrentKey, ConditionsKey, BehaviorKey];

    /// <summary>What cannot be read is as good as absent: the annotations are anybody's to write.</summary>
    public static AutoscalerAnnotations Read(IReadOnlyDictionary<string, string> annotations) => new(
        [.. List<V1.MetricSpec>(annotations.GetValueOrDefault(MetricsKey)).Select(AutoscalerMetrics.ToV2)],
        [.. List<V1.MetricStatus>(annotations.GetValueOrDefault(CurrentKey)).Select(AutoscalerMetrics.ToV2)],
        [.. List<V1.HorizontalPodAutoscalerCondition>(annotations.GetValueOrDefault(ConditionsKey)).Select(AutoscalerMetrics.ToV2)],
        One<V2.HorizontalPodAutoscalerBehavior>(annotations.GetValueOrDefault(BehaviorKey)));

    public static IReadOnlyDictionary<string, string> Without(IReadOnlyDictionary<string, string> annotations) =>
        Keys.Any(annotations.ContainsKey) ? annotations.Where(a => !Keys.Contains(a.Key)).ToDictionary() : annotations;

    public IReadOnlyDictionary<string, string> WriteTo(IReadOnlyDictionary<string, string> annotations)
    {
        var all = Without(annotations).ToDictionary();
        if (Metrics.Count > 0)
            all[MetricsKey] = Text(Metrics.Select(AutoscalerMetrics.ToV1));
        if (Current.Count > 0)
            all[CurrentKey] = Text(Current.Select(AutoscalerMetrics.ToV1));
        if (Conditions.Count > 0)
            all[ConditionsKey] = Text(Conditions.Select(AutoscalerMetrics.ToV1));
        if (Behavior is not null)
            all[BehaviorKey] = Behavior.ToString();
        return all.Count == annotations.Count && all.Count == 0 ? annotations : all;
    }

    private static string Text<T>(IEnumerable<T> items)
        where T : class, IApiType<T> => $"[{string.Join(',', items)}]";

    private static List<T> List<T>(string? text)
        where T : class, IApiType<T>
    {
        if (text is null)
            return [];

        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind != JsonValueKind.Array ? []
                : [.. document.RootElement.EnumerateArray().Select(e => Json.Decode<T>(Encoding.UTF8.GetBytes(e.GetRawText())))];
        }
        catch (Exception e) when (e is JsonException or DecodeException)
        {
            return [];
        }
    }

    private static T? One<T>(string? text)
        where T : class, IApiType<T> => text is null ? null : List<T>($"[{text}]").FirstOrDefault();
}
