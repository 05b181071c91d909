using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.AutoscalingV2;

namespace KubeSharp.Kinds.Autoscaling;

/// <summary>All the API server knows about HorizontalPodAutoscalers.</summary>
internal sealed class HorizontalPodAutoscalerKind : Kind<HorizontalPodAutoscaler>
{
    private const int MinReplicas = 1;
    private const int WholePeriod = 15;

    private static readonly HPAScalingPolicy Doubling = new() { Type = "Percent", Value = 100, PeriodSeconds = WholePeriod };
    private static readonly HPAScalingPolicy FourMore = new() { Type = "Pods", Value = 4, PeriodSeconds = WholePeriod };

    public override HorizontalPodAutoscaler ApplyDefaults(HorizontalPodAutoscaler obj) => obj with
    {
        Spec = obj.Spec with
        {
            MinReplicas = obj.Spec.MinReplicas ?? 1,
            Metrics = obj.Spec.Metrics.Count > 0
                ? obj.Spec.Metrics
                : [new() { Type = "Resource", Resource = new() { Name = "cpu", Target = new() { Type = "Utilization", AverageUtilization = 80 } } }],
            Behavior = obj.Spec.Behavior is { } behavior
                ? new() { ScaleUp = Up(behavior.ScaleUp ?? HPAScalingRules.Empty), ScaleDown = Filled(behavior.ScaleDown ?? HPAScalingRules.Empty, Doubling) }
                : null,
        },
    };

    public override void Validate(HorizontalPodAutoscaler obj, Findings findings) => Validate(obj, null, findings);

    public override void ValidateUpdate(HorizontalPodAutoscaler old, HorizontalPodAutoscaler obj, Findings findings) => Validate(obj, old, findings);

    public override void ValidateStatusUpdate(HorizontalPodAutoscaler old, HorizontalPodAutoscaler obj, Findings findings)
    {
        findings.NonNegative("status.currentReplicas", obj.Status.CurrentReplicas);
        findings.NonNegative("status.desiredReplicas", obj.Status.DesiredReplicas);
    }

    public override IReadOnlyList<object?> Cells(HorizontalPodAutoscaler obj, DateTimeOffset now) =>
    [
        obj.Metadata.Name,
        $"{obj.Spec.ScaleTargetRef.Kind}/{obj.Spec.ScaleTargetRef.Name}",
        MetricCells.Targets(obj.Spec.Metrics, obj.Status.CurrentMetrics),
        obj.Spec.MinReplicas is { } min ? $"{min}" : CellText.Unset,
        (long)obj.Spec.MaxReplicas,
        (long)obj.Status.CurrentReplicas,
        Ages.Of(obj.Metadata.CreationTimestamp, now),
    ];

    private static HPAScalingRules Up(HPAScalingRules rules) =>
        Filled(rules, FourMore, Doubling) with { StabilizationWindowSeconds = rules.StabilizationWindowSeconds ?? 0 };

    private static HPAScalingRules Filled(HPAScalingRules rules, params HPAScalingPolicy[] policies) => rules with
    {
        SelectPolicy = rules.SelectPolicy ?? "Max",
        // An empty list is an answer and stays.
        Policies = Nil.Is(rules.Policies) ? policies : rules.Policies,
    };

    private static void Validate(HorizontalPodAutoscaler obj, HorizontalPodAutoscaler? old, Findings findings)
    {
        var spec = obj.Spec;
        // Where the feature was on before, zero stays allowed.
        var least = old?.Spec.MinReplicas == 0 ? 0 : MinReplicas;
        if (spec.MinReplicas < least)
            findings.Invalid("spec.minReplicas", spec.MinReplicas, $"must be greater than or equal to {least}");
        if (spec.MaxReplicas < 1)
            findings.Invalid("spec.maxReplicas", spec.MaxReplicas, "must be greater than 0");
        if (spec.MaxReplicas < spec.MinReplicas)
            findings.Invalid("spec.maxReplicas", spec.MaxReplicas, "must be greater than or equal to `minReplicas`");

        MetricRules.Reference(spec.ScaleTargetRef, "spec.scaleTargetRef", findings);
        // Only replication controllers scale in the core group; an old object may keep what it has.
        if (spec.ScaleTargetRef.Kind != "ReplicationController" && old?.Spec.ScaleTargetRef != spec.ScaleTargetRef && !spec.ScaleTargetRef.ApiVersion.Contains('/', StringComparison.Ordinal))
            findings.Invalid("spec.scaleTargetRef.apiVersion", spec.ScaleTargetRef.ApiVersion, "apiVersion must specify API group");
        for (var i = 0; i < spec.Metrics.Count; i++)
            MetricRules.Validate(spec.Metrics[i], $"spec.metrics[{i}]", findings);
        if (spec.MinReplicas == 0 && spec.Metrics.All(m => m.Type is not ("Object" or "External")))
            findings.Forbidden("spec.metrics", "must specify at least one Object or External metric to support scaling to zero replicas");
        Scaling(spec.Behavior?.ScaleUp, "spec.behavior.scaleUp", findings);
        Scaling(spec.Behavior?.ScaleDown, "spec.behavior.scaleDown", findings);
    }

    private static void Scaling(HPAScalingRules? rules, string field, Findings findings)
    {
        const int MaxWindow = 3600;
        if (rules is null)
            return;

        if (rules.StabilizationWindowSeconds < 0)
            findings.Invalid($"{field}.stabilizationWindowSeconds", rules.StabilizationWindowSeconds, "must be greater than or equal to zero");
        if (rules.StabilizationWindowSeconds > MaxWindow)
            findings.Invalid($"{field}.stabilizationWindowSeconds", rules.StabilizationWindowSeconds, $"must be less than or equal to {MaxWindow}");
        findings.OptionalOneOf($"{field}.selectPolicy", rules.SelectPolicy, "Disabled", "Max", "Min");
        if (rules.Policies.Count == 0)
            findings.Required($"{field}.policies", "must specify at least one Policy");
        for (var i = 0; i < rules.Policies.Count; i++)
            Policy(rules.Policies[i], $"{field}.policies[{i}]", findings);
        findings.NonNegative($"{field}.tolerance", rules.Tolerance);
    }

    private static void Policy(HPAScalingPolicy policy, string field, Findings findings)
    {
        const int MaxPeriod = 1800;
        const string Positive = "must be greater than zero";
        if (policy.Type is not ("Pods" or "Percent"))
            findings.NotSupported($"{field}.type", policy.Type, "Percent", "Pods");
        if (policy.Value <= 0)
            findings.Invalid($"{field}.value", policy.Value, Positive);
        if (policy.PeriodSeconds <= 0)
            findings.Invalid($"{field}.periodSeconds", policy.PeriodSeconds, Positive);
        if (policy.PeriodSeconds > MaxPeriod)
            findings.Invalid($"{field}.periodSeconds", policy.PeriodSeconds, $"must be less than or equal to {MaxPeriod}");
    }
}
