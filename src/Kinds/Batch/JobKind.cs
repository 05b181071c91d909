using KubeSharp.Kinds.Pods;
using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.BatchV1;

namespace KubeSharp.Kinds.Batch;

/// <summary>All the API server knows about Jobs.</summary>
/// <remarks>A job finds its pods by labels that name its own UID, so the UID must be set before <see cref="PrepareForCreate"/>.</remarks>
internal sealed class JobKind : Kind<Job>
{
    private const string ControllerUid = "batch.kubernetes.io/controller-uid";
    private const string JobName = "batch.kubernetes.io/job-name";
    private const string OldControllerUid = "controller-uid";
    private const string OldJobName = "job-name";

    /// <summary>Orphans were the rule in batch/v1's first days, and a client of today still has to ask for more.</summary>
    public override Dependents DefaultDependents => Dependents.Orphan;

    public override IReadOnlyCollection<string> FieldNames { get; } = ["status.successful"];

    public override IReadOnlyDictionary<string, string> SelectableFields(Job job) =>
        new Dictionary<string, string> { ["status.successful"] = $"{job.Status.Succeeded}" };

    public override Job ApplyDefaults(Job job) => WithTemplateLabels(job) with { Spec = JobDefaults.Apply(job.Spec) };

    public override Job PrepareForCreate(Job job)
    {
        var fresh = (Job)job.WithStatusOf(null);
        if (job.Spec.ManualSelector == true)
            return fresh;

        // Labels taken over from the template go on being the template's: with the generated ones, as upstream's shared map has it.
        var hasOwnLabels = fresh.Metadata.Labels.Count > 0 && !fresh.Metadata.Labels.SequenceEqual(fresh.Spec.Template.Metadata.Labels);
        var selecting = WithGeneratedSelector(fresh);
        return hasOwnLabels ? selecting : selecting with { Metadata = selecting.Metadata with { Labels = selecting.Spec.Template.Metadata.Labels } };
    }

    public override void Validate(Job job, Findings findings)
    {
        GeneratedSelector(job, findings);
        if (job.Spec.Selector is null)
            findings.Required("spec.selector");
        else
            findings.Selector("spec.selector", job.Spec.Selector);
        JobRules.Validate(job.Spec, "spec", findings);
        if (LabelSelectorRules.IsUsable(job.Spec.Selector) && !Selector.Of(job.Spec.Selector).Matches(job.Spec.Template.Metadata.Labels))
            findings.Invalid("spec.template.metadata.labels", job.Spec.Template.Metadata.Labels, "`selector` does not match template `labels`");
    }

    public override void ValidateUpdate(Job old, Job job, Findings findings)
    {
        Validate(job, findings);
        var (before, now) = (old.Spec, job.Spec);
        // An indexed job grows and shrinks by changing both numbers together.
        var isElastic = now.CompletionMode == "Indexed" && now.Completions == now.Parallelism && before.Completions is not null;
        if (!isElastic)
            findings.Immutable("spec.completions", before.Completions, now.Completions);
        findings.Immutable("spec.selector", before.Selector, now.Selector);
        findings.Immutable("spec.template", Template(before, old), Template(now, old));
        findings.Immutable("spec.completionMode", before.CompletionMode, now.CompletionMode);
        findings.Immutable("spec.podFailurePolicy", before.PodFailurePolicy, now.PodFailurePolicy);
        findings.Immutable("spec.backoffLimitPerIndex", before.BackoffLimitPerIndex, now.BackoffLimitPerIndex);
        findings.Immutable("spec.managedBy", before.ManagedBy, now.ManagedBy);
        findings.Immutable("spec.successPolicy", before.SuccessPolicy, now.SuccessPolicy);
    }

    public override void ValidateStatusUpdate(Job old, Job job, Findings findings)
    {
        var s = job.Status;
        WorkloadRules.Counts(findings, ("active", s.Active), ("succeeded", s.Succeeded), ("failed", s.Failed), ("ready", s.Ready), ("terminating", s.Terminating));
        if (IsTrue(job, "Complete") && IsTrue(job, "Failed"))
            findings.Invalid("status.conditions", "Complete", "cannot set Complete=True and Failed=true conditions");
        foreach (var end in new[] { "Complete", "Failed" })
        {
            if (IsTrue(old, end) && !IsTrue(job, end))
                findings.Invalid("status.conditions", end, $"cannot disable the terminal {end}=True condition");
        }
    }

    public override IReadOnlyList<object?> Cells(Job job, DateTimeOffset now) =>
    [
        job.Metadata.Name,
        Status(job),
        Completions(job),
        Duration(job, now),
        Ages.Of(job.Metadata.CreationTimestamp, now),
        PodTemplateCells.ContainerNames(job.Spec.Template),
        PodTemplateCells.Images(job.Spec.Template),
        PodTemplateCells.Selector(job.Spec.Selector),
    ];

    /// <summary>A job without labels of its own shows those of its pods.</summary>
    private static Job WithTemplateLabels(Job job) => job.Metadata.Labels.Count > 0 || job.Spec.Template.Metadata.Labels.Count == 0
        ? job
        : job with { Metadata = job.Metadata with { Labels = job.Spec.Template.Metadata.Labels } };

    private static Job WithGeneratedSelector(Job job)
    {
        var template = job.Spec.Template;
        var labels = new Dictionary<string, string>(template.Metadata.Labels);
        foreach (var (key, value) in OwnLabels(job))
            labels.TryAdd(key, value);

        var selector = job.Spec.Selector ?? LabelSelector.Empty;
        var matched = new Dictionary<string, string>(selector.MatchLabels);
        matched.TryAdd(ControllerUid, job.Metadata.Uid);
        return job with
        {
            Spec = job.Spec with
            {
                Selector = selector with { MatchLabels = matched },
                Template = template with { Metadata = template.Metadata with { Labels = labels } },
            },
        };
    }

    private static IEnumerable<KeyValuePair<string, string>> OwnLabels(Job job) =>
    [
        new(ControllerUid, job.Metadata.Uid), new(OldControllerUid, job.Metadata.Uid), new(JobName, job.Metadata.Name), new(OldJobName, job.Metadata.Name),
    ];

    private static void GeneratedSelector(Job job, Findings findings)
    {
        if (job.Spec is { ManualSelector: true } or { Selector: null })
            return;

        if (job.Metadata.Uid.Length == 0)
            findings.Required("metadata.uid");
        var labels = job.Spec.Template.Metadata.Labels;
        foreach (var (key, value) in OwnLabels(job))
        {
            if (!labels.TryGetValue(key, out var actual))
                findings.Required($"spec.template.metadata.labels[{key}]", $"must be '{value}'");
            else if (actual != value)
                findings.Invalid($"spec.template.metadata.labels[{key}]", actual, $"must be '{value}'");
        }

        var isOwn = job.Spec.Selector is { MatchExpressions.Count: 0, MatchLabels.Count: 1 } selector
            && (selector.MatchLabels.GetValueOrDefault(ControllerUid) ?? selector.MatchLabels.GetValueOrDefault(OldControllerUid)) == job.Metadata.Uid;
        if (!isOwn)
            findings.Invalid("spec.selector", job.Spec.Selector, "`selector` not auto-generated");
    }

    /// <summary>The template without what may change while a job has not started: where its pods may run.</summary>
    private static PodTemplateSpec Template(JobSpec spec, Job old)
    {
        if (old.Spec.Suspend != true || old.Status.StartTime is not null)
            return spec.Template;

        var from = old.Spec.Template;
        return spec.Template with
        {
            Metadata = spec.Template.Metadata with { Labels = from.Metadata.Labels, Annotations = from.Metadata.Annotations },
            Spec = spec.Template.Spec with
            {
                Affinity = from.Spec.Affinity,
                NodeSelector = from.Spec.NodeSelector,
                Tolerations = from.Spec.Tolerations,
                SchedulingGates = from.Spec.SchedulingGates,
            },
        };
    }

    private static string Status(Job job)
    {
        if (IsTrue(job, "Complete"))
            return "Complete";
        if (IsTrue(job, "Failed"))
            return "Failed";
        if (job.Metadata.DeletionTimestamp is not null)
            return "Terminating";
        return new[] { "Suspended", "FailureTarget", "SuccessCriteriaMet" }.FirstOrDefault(c => IsTrue(job, c)) ?? "Running";
    }

    private static string Completions(Job job) => job.Spec switch
    {
        { Completions: { } completions } => $"{job.Status.Succeeded}/{completions}",
        { Parallelism: > 1 and var parallelism } => $"{job.Status.Succeeded}/1 of {parallelism}",
        _ => $"{job.Status.Succeeded}/1",
    };

    private static string Duration(Job job, DateTimeOffset now)
    {
        if (job.Status.StartTime is not { } start)
            return "";

        var failed = job.Status.Conditions.FirstOrDefault(c => c is { Type: "Failed", Status: "True" })?.LastTransitionTime;
        return Ages.Human((job.Status.CompletionTime ?? failed ?? now) - start);
    }

    private static bool IsTrue(Job job, string condition) => job.Status.Conditions.Any(c => c.Type == condition && c.Status == "True");
}
