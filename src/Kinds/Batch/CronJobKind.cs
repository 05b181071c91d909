using KubeSharp.Kinds.Pods;
using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.BatchV1;

namespace KubeSharp.Kinds.Batch;

/// <summary>All the API server knows about CronJobs.</summary>
internal sealed class CronJobKind : Kind<CronJob>
{
    /// <summary>A job's name adds 11 characters, and becomes a label.</summary>
    private const int MaxName = 52;

    public override CronJob ApplyDefaults(CronJob obj) => obj with
    {
        Spec = obj.Spec with
        {
            ConcurrencyPolicy = ContainerDefaults.Or(obj.Spec.ConcurrencyPolicy, "Allow"),
            Suspend = obj.Spec.Suspend ?? false,
            SuccessfulJobsHistoryLimit = obj.Spec.SuccessfulJobsHistoryLimit ?? 3,
            FailedJobsHistoryLimit = obj.Spec.FailedJobsHistoryLimit ?? 1,
            JobTemplate = obj.Spec.JobTemplate with { Spec = Template(obj.Spec.JobTemplate.Spec) },
        },
    };

    public override void Validate(CronJob obj, Findings findings)
    {
        Spec(obj.Spec, findings);
        ScheduleZone(obj.Spec, findings);
        if (obj.Metadata.Name.Length > MaxName)
            findings.Invalid("metadata.name", obj.Metadata.Name, $"must be no more than {MaxName} characters");
    }

    public override void ValidateUpdate(CronJob old, CronJob obj, Findings findings)
    {
        Spec(obj.Spec, findings);
        // Schedules of old may go on naming a zone.
        if (!HasZone(old.Spec.Schedule))
            ScheduleZone(obj.Spec, findings);
    }

    public override IReadOnlyList<object?> Cells(CronJob obj, DateTimeOffset now) =>
    [
        obj.Metadata.Name,
        obj.Spec.Schedule,
        obj.Spec.TimeZone ?? PodTemplateCells.None,
        obj.Spec.Suspend switch { true => "True", false => "False", null => "<unset>" },
        (long)obj.Status.Active.Count,
        obj.Status.LastScheduleTime is { } last ? Ages.Human(now - last) : PodTemplateCells.None,
        Ages.Of(obj.Metadata.CreationTimestamp, now),
        PodTemplateCells.ContainerNames(obj.Spec.JobTemplate.Spec.Template),
        PodTemplateCells.Images(obj.Spec.JobTemplate.Spec.Template),
        PodTemplateCells.Selector(obj.Spec.JobTemplate.Spec.Selector),
    ];

    /// <summary>Of the job only its pods get defaults here; the rest is filled in when a job is made.</summary>
    private static JobSpec Template(JobSpec spec) => spec with { Template = PodSpecDefaults.Apply(spec.Template) };

    private static void Spec(CronJobSpec spec, Findings findings)
    {
        if (spec.Schedule.Length == 0)
            findings.Required("spec.schedule");
        else if (CronSchedule.Problem(spec.Schedule) is { } problem)
            findings.Invalid("spec.schedule", spec.Schedule, problem);
        Zone(spec, findings);

        findings.NonNegative("spec.startingDeadlineSeconds", spec.StartingDeadlineSeconds);
        findings.OneOf("spec.concurrencyPolicy", spec.ConcurrencyPolicy, "Allow", "Forbid", "Replace");
        var job = spec.JobTemplate.Spec;
        if (job.Selector is not null)
            findings.Invalid("spec.jobTemplate.spec.selector", job.Selector, "`selector` will be auto-generated");
        if (job.ManualSelector == true)
            findings.NotOneOf("spec.jobTemplate.spec.manualSelector", true, "nil", "false");
        JobRules.Validate(job, "spec.jobTemplate.spec", findings);
        findings.NonNegative("spec.successfulJobsHistoryLimit", spec.SuccessfulJobsHistoryLimit);
        findings.NonNegative("spec.failedJobsHistoryLimit", spec.FailedJobsHistoryLimit);
    }

    private static void ScheduleZone(CronJobSpec spec, Findings findings)
    {
        if (HasZone(spec.Schedule))
            findings.Invalid("spec.schedule", spec.Schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
    }

    private static bool HasZone(string schedule) => schedule.Contains("TZ", StringComparison.Ordinal);

    private static void Zone(CronJobSpec spec, Findings findings)
    {
        if (spec.TimeZone is not { } zone)
            return;

        if (zone.Length == 0)
            findings.Invalid("spec.timeZone", zone, "timeZone must be nil or non-empty string");
        else if (zone.Equals("local", StringComparison.OrdinalIgnoreCase))
            findings.Invalid("spec.timeZone", zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
        else if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            findings.Invalid("spec.timeZone", zone, $"unknown time zone {zone}");
    }
}
