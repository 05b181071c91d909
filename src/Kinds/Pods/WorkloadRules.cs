using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Pods;

/// <summary>Templates of workloads that keep pods running for ever.</summary>
internal static class WorkloadRules
{
    /// <param name="selector">The workload's selector; <see langword="null"/> if it cannot be evaluated.</param>
    public static void LabelsMatch(Selector? selector, PodTemplateSpec template, string path, Findings findings)
    {
        if (selector is { IsEverything: false } && !selector.Matches(template.Metadata.Labels))
            findings.Invalid($"{path}.metadata.labels", template.Metadata.Labels, "`selector` does not match template `labels`");
    }

    /// <param name="workload">The kind as the message about a deadline names it.</param>
    public static void RunsForEver(PodTemplateSpec template, string path, string workload, Findings findings)
    {
        if (template.Spec.RestartPolicy != "Always")
            findings.NotOneOf($"{path}.spec.restartPolicy", template.Spec.RestartPolicy, "Always");
        if (template.Spec.ActiveDeadlineSeconds is not null)
            findings.Forbidden($"{path}.spec.activeDeadlineSeconds", $"activeDeadlineSeconds in {workload} is not Supported");
    }

    /// <summary>Counts in a status cannot be negative.</summary>
    public static void Counts(Findings findings, params ReadOnlySpan<(string Field, long? Count)> counts)
    {
        foreach (var (field, count) in counts)
            findings.NonNegative($"status.{field}", count);
    }

    public static void NotMore(Findings findings, string field, long count, string than, long most)
    {
        if (count > most)
            findings.Invalid($"status.{field}", count, $"cannot be greater than {than}");
    }
}
