namespace KubeSharp.Kinds.Events;

/// <summary>All the API server knows about Events of the core group.</summary>
internal sealed class OldEventKind() : EventKind<Event>("involvedObject", "reportingComponent")
{
    protected override EventFacts Facts(Event obj) => new(obj.InvolvedObject, obj.Type, obj.Reason, obj.Action, obj.Message)
    {
        Source = obj.Source,
        Controller = obj.ReportingComponent,
        Instance = obj.ReportingInstance,
        Time = obj.EventTime,
        First = obj.FirstTimestamp,
        Last = obj.LastTimestamp,
        Count = obj.Count,
        Series = obj.Series is { } series ? (series.LastObservedTime, series.Count) : null,
    };
}
