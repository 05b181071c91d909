using V1 = KubeSharp.Objects.EventsV1;

namespace KubeSharp.ApiServer.Registry;

/// <summary>An event as events.k8s.io/v1 shows it and as core/v1 stores it: the same facts under other names.</summary>
internal static class EventForms
{
    public static IObject ToCore(IObject obj)
    {
        var e = (V1.Event)obj;
        return new Event
        {
            Kind = "Event",
            ApiVersion = "v1",
            Metadata = e.Metadata,
            InvolvedObject = e.Regarding,
            Related = e.Related,
            Reason = e.Reason,
            Message = e.Note,
            Type = e.Type,
            Action = e.Action,
            EventTime = e.EventTime,
            Series = e.Series is { } s ? new() { Count = s.Count, LastObservedTime = s.LastObservedTime } : null,
            ReportingComponent = e.ReportingController,
            ReportingInstance = e.ReportingInstance,
            Source = e.DeprecatedSource,
            FirstTimestamp = e.DeprecatedFirstTimestamp,
            LastTimestamp = e.DeprecatedLastTimestamp,
            Count = e.DeprecatedCount,
        };
    }

    public static IObject FromCore(IObject obj)
    {
        var e = (Event)obj;
        return new V1.Event
        {
            Kind = "Event",
            ApiVersion = "events.k8s.io/v1",
            Metadata = e.Metadata,
            Regarding = e.InvolvedObject,
            Related = e.Related,
            Reason = e.Reason,
            Note = e.Message,
            Type = e.Type,
            Action = e.Action,
            EventTime = e.EventTime,
            Series = e.Series is { } s ? new() { Count = s.Count, LastObservedTime = s.LastObservedTime } : null,
            ReportingController = e.ReportingComponent,
            ReportingInstance = e.ReportingInstance,
            DeprecatedSource = e.Source,
            DeprecatedFirstTimestamp = e.FirstTimestamp,
            DeprecatedLastTimestamp = e.LastTimestamp,
            DeprecatedCount = e.Count,
        };
    }
}
