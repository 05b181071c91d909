using KubeSharp.Kinds.Pods;
using KubeSharp.Objects.BatchV1;

namespace KubeSharp.Kinds.Batch;

/// <summary>Defaults of a job's spec, its own and a CronJob's.</summary>
internal static class JobDefaults
{
    public static JobSpec Apply(JobSpec spec) => spec with
    {
        // Neither said: one pod, once. Only parallelism said: a queue, which has no number of completions.
        Completions = spec.Completions is null && spec.Parallelism is null ? 1 : spec.Completions,
        Parallelism = spec.Parallelism ?? 1,
        BackoffLimit = spec.BackoffLimit ?? (spec.BackoffLimitPerIndex is null ? 6 : int.MaxValue),
        CompletionMode = spec.CompletionMode ?? "NonIndexed",
        Suspend = spec.Suspend ?? false,
        PodReplacementPolicy = spec.PodReplacementPolicy ?? (spec.PodFailurePolicy is null ? "TerminatingOrFailed" : "Failed"),
        ManualSelector = spec.ManualSelector ?? false,
        PodFailurePolicy = spec.PodFailurePolicy is { } policy ? policy with { Rules = policy.Rules.Each(Rule) } : null,
        Template = PodSpecDefaults.Apply(spec.Template),
    };

    private static PodFailurePolicyRule Rule(PodFailurePolicyRule rule) =>
        rule with { OnPodConditions = rule.OnPodConditions.Each(c => c with { Status = ContainerDefaults.Or(c.Status, "True") }) };
}
