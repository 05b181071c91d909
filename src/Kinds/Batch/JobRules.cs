using KubeSharp.Kinds.Pods;
using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.BatchV1;

namespace KubeSharp.Kinds.Batch;

/// <summary>What must hold of a job's spec, its own and a CronJob's.</summary>
internal static class JobRules
{
    private const int MaxIndexed = 100_000;
    private const int MaxRules = 20;
    private const int MaxManager = 63;

    public static void Validate(JobSpec spec, string path, Findings findings)
    {
        findings.NonNegative($"{path}.parallelism", spec.Parallelism);
        findings.NonNegative($"{path}.completions", spec.Completions);
        findings.NonNegative($"{path}.activeDeadlineSeconds", spec.ActiveDeadlineSeconds);
        findings.NonNegative($"{path}.backoffLimit", spec.BackoffLimit);
        findings.NonNegative($"{path}.ttlSecondsAfterFinished", spec.TtlSecondsAfterFinished);
        findings.NonNegative($"{path}.backoffLimitPerIndex", spec.BackoffLimitPerIndex);
        findings.NonNegative($"{path}.maxFailedIndexes", spec.MaxFailedIndexes);
        if (spec.MaxFailedIndexes is not null && spec.BackoffLimitPerIndex is null)
            findings.Required($"{path}.backoffLimitPerIndex", "when maxFailedIndexes is specified");
        if (spec.ManagedBy is { } manager)
            ManagedBy(manager, $"{path}.managedBy", findings);

        findings.OptionalOneOf($"{path}.completionMode", spec.CompletionMode, "NonIndexed", "Indexed");
        if (spec.CompletionMode == "Indexed")
            Indexed(spec, path, findings);
        else if (spec.BackoffLimitPerIndex is not null)
            findings.Invalid($"{path}.backoffLimitPerIndex", spec.BackoffLimitPerIndex, "requires indexed completion mode");

        if (spec.PodFailurePolicy is { } failure)
            FailurePolicy(failure, spec, $"{path}.podFailurePolicy", findings);
        if (spec.SuccessPolicy is { } success)
            SuccessPolicy(success, spec, $"{path}.successPolicy", findings);
        if (spec.PodReplacementPolicy is { } replacement)
        {
            if (spec.PodFailurePolicy is not null)
                findings.OneOf($"{path}.podReplacementPolicy", replacement, "Failed");
            else
                findings.OneOf($"{path}.podReplacementPolicy", replacement, "Failed", "TerminatingOrFailed");
        }

        PodSpecRules.ValidateTemplate(spec.Template, $"{path}.template", findings);
        // Always, the default of pods, is not said to be unsupported: it means that none was chosen.
        if (spec.Template.Spec.RestartPolicy is not ("OnFailure" or "Never"))
            findings.Required($"{path}.template.spec.restartPolicy", "valid values: \"OnFailure\", \"Never\"");
    }

    private static void Indexed(JobSpec spec, string path, Findings findings)
    {
        if (spec.Completions is null)
            findings.Required($"{path}.completions", "when completion mode is Indexed");
        if (spec.Parallelism > MaxIndexed)
            findings.Invalid($"{path}.parallelism", spec.Parallelism, $"must be less than or equal to {MaxIndexed} when completion mode is Indexed");
        if (spec.MaxFailedIndexes > spec.Completions)
            findings.Invalid($"{path}.maxFailedIndexes", spec.MaxFailedIndexes, "must be less than or equal to completions");
        if (spec.MaxFailedIndexes > MaxIndexed)
            findings.Invalid($"{path}.maxFailedIndexes", spec.MaxFailedIndexes, $"must be less than or equal to {MaxIndexed}");
    }

    private static void ManagedBy(string manager, string path, Findings findings)
    {
        if (manager.Length > MaxManager)
            findings.TooLong(path, MaxManager);
        var slash = manager.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == manager.Length - 1)
            findings.Invalid(path, manager, "must be a domain-prefixed path (such as \"acme.io/foo\")");
        else
            findings.Each(path, manager, NameRules.Dns1123Subdomain(manager[..slash]));
    }

    private static void FailurePolicy(PodFailurePolicy policy, JobSpec spec, string path, Findings findings)
    {
        if (spec.Template.Spec.RestartPolicy != "Never")
            findings.Invalid("spec.template.spec.restartPolicy", spec.Template.Spec.RestartPolicy, "only \"Never\" is supported when podFailurePolicy is specified");
        if (policy.Rules.Count > MaxRules)
            findings.TooMany($"{path}.rules", policy.Rules.Count, MaxRules);

        for (var i = 0; i < policy.Rules.Count; i++)
        {
            var (at, rule) = ($"{path}.rules[{i}]", policy.Rules[i]);
            findings.OneOf($"{at}.action", rule.Action, "Count", "FailIndex", "FailJob", "Ignore");
            if (rule.OnExitCodes is not null && rule.OnPodConditions.Count > 0)
                findings.Invalid(at, rule, "specifying both OnExitCodes and OnPodConditions is not supported");
            else if (rule.OnExitCodes is null && rule.OnPodConditions.Count == 0)
                findings.Invalid(at, rule, "specifying one of OnExitCodes and OnPodConditions is required");
            if (rule.OnExitCodes is { } codes)
                ExitCodes(codes, spec, $"{at}.onExitCodes", findings);
        }
    }

    private static void ExitCodes(PodFailurePolicyOnExitCodesRequirement codes, JobSpec spec, string path, Findings findings)
    {
        findings.OneOf($"{path}.operator", codes.Operator, "In", "NotIn");
        if (codes.ContainerName is { } name && spec.Template.Spec.Containers.Concat(spec.Template.Spec.InitContainers).All(c => c.Name != name))
            findings.Invalid($"{path}.containerName", name, "must be one of the container or initContainer names in the pod template");
        if (codes.Values.Count == 0)
            findings.Invalid($"{path}.values", codes.Values, "at least one value is required");
        for (var i = 0; i < codes.Values.Count; i++)
        {
            if (codes.Operator == "In" && codes.Values[i] == 0)
                findings.Invalid($"{path}.values[{i}]", 0, "must not be 0 for the In operator");
            if (codes.Values.Take(i).Contains(codes.Values[i]))
                findings.Duplicate($"{path}.values[{i}]", codes.Values[i]);
        }
    }

    private static void SuccessPolicy(SuccessPolicy policy, JobSpec spec, string path, Findings findings)
    {
        if (spec.CompletionMode != "Indexed")
        {
            findings.Invalid(path, policy, "requires indexed completion mode");
            return;
        }

        if (policy.Rules.Count == 0)
            findings.Required($"{path}.rules", "at least one rules must be specified when the successPolicy is specified");
        if (policy.Rules.Count > MaxRules)
            findings.TooMany($"{path}.rules", policy.Rules.Count, MaxRules);
        for (var i = 0; i < policy.Rules.Count; i++)
        {
            if (policy.Rules[i] is { SucceededCount: null, SucceededIndexes: null })
                findings.Required($"{path}.rules[{i}]", "at least one of succeededCount or succeededIndexes must be specified");
            findings.NonNegative($"{path}.rules[{i}].succeededCount", policy.Rules[i].SucceededCount);
        }
    }
}
