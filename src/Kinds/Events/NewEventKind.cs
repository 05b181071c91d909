using KubeSharp.Kinds.Rules;
using Event = KubeSharp.Objects.EventsV1.Event;

namespace KubeSharp.Kinds.Events;

/// <summary>The newer face of Events, <c>events.k8s.io/v1</c>: it takes no events of old.</summary>
internal sealed class NewEventKind() : EventKind<Event>("regarding", "reportingController")
{
    private const string Unset = "needs to be unset";

    public override void Validate(Event obj, Findings findings)
    {
        base.Validate(obj, findings);
        if (obj.EventTime is null)
            findings.Required("eventTime");
        if (obj.Type is not ("Normal" or "Warning"))
            findings.Invalid("type", "", $"has invalid value: {obj.Type}");
        if (obj.DeprecatedFirstTimestamp is not null)
            findings.Invalid("firstTimestamp", "", Unset);
        if (obj.DeprecatedLastTimestamp is not null)
            findings.Invalid("lastTimestamp", "", Unset);
        if (obj.DeprecatedCount != 0)
            findings.Invalid("count", "", Unset);
        if (obj.DeprecatedSource != EventSource.Empty)
            findings.Invalid("source", "", Unset);
    }

    /// <summary>Only a series grows: all else is as it was told.</summary>
    public override void ValidateUpdate(Event old, Event obj, Findings findings)
    {
        base.Validate(obj, findings);
        findings.Immutable("involvedObject", old.Regarding, obj.Regarding);
        findings.Immutable("reason", old.Reason, obj.Reason);
        findings.Immutable("message", old.Note, obj.Note);
        findings.Immutable("source", old.DeprecatedSource, obj.DeprecatedSource);
        findings.Immutable("firstTimestamp", old.DeprecatedFirstTimestamp, obj.DeprecatedFirstTimestamp);
        findings.Immutable("lastTimestamp", old.DeprecatedLastTimestamp, obj.DeprecatedLastTimestamp);
        findings.Immutable("count", old.DeprecatedCount, obj.DeprecatedCount);
        findings.Immutable("type", old.Type, obj.Type);
        findings.Immutable("eventTime", old.EventTime, obj.EventTime);
        findings.Immutable("action", old.Action, obj.Action);
        findings.Immutable("related", old.Related, obj.Related);
        findings.Immutable("reportingController", old.ReportingController, obj.ReportingController);
        findings.Immutable("reportingInstance", old.ReportingInstance, obj.ReportingInstance);
    }

    protected override EventFacts Facts(Event obj) => new(obj.Regarding, obj.Type, obj.Reason, obj.Action, obj.Note)
    {
        Source = obj.DeprecatedSource,
        Controller = obj.ReportingController,
        Instance = obj.ReportingInstance,
        Time = obj.EventTime,
        First = obj.DeprecatedFirstTimestamp,
        Last = obj.DeprecatedLastTimestamp,
        Count = obj.DeprecatedCount,
        Series = obj.Series is { } series ? (series.LastObservedTime, series.Count) : null,
    };
}
