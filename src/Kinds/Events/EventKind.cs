using KubeSharp.Kinds.Core;
using Event = KubeSharp.Objects.EventsV1.Event;

namespace KubeSharp.Kinds.Events;

/// <summary>The newer face of Events, <c>events.k8s.io/v1</c>.</summary>
internal sealed class EventKind : Kind<Event>
{
    public override IReadOnlyCollection<string> FieldNames =>
        [.. EventRules.Fields.Select(f => f.Replace("involvedObject.", "regarding.", StringComparison.Ordinal).Replace("reportingComponent", "reportingController", StringComparison.Ordinal)).Where(f => f != "source")];

    public override IReadOnlyDictionary<string, string>? SelectableFields(Event obj) => new Dictionary<string, string>
    {
        ["regarding.kind"] = obj.Regarding.Kind,
        ["regarding.namespace"] = obj.Regarding.Namespace,
        ["regarding.name"] = obj.Regarding.Name,
        ["regarding.uid"] = obj.Regarding.Uid,
        ["regarding.apiVersion"] = obj.Regarding.ApiVersion,
        ["regarding.resourceVersion"] = obj.Regarding.ResourceVersion,
        ["regarding.fieldPath"] = obj.Regarding.FieldPath,
        ["reason"] = obj.Reason,
        ["reportingController"] = obj.ReportingController,
        ["type"] = obj.Type,
    };

    public override void Validate(Event obj, Findings findings)
    {
        if (obj.Regarding.Namespace.Length > 0 && obj.Regarding.Namespace != obj.Metadata.Namespace)
            findings.Invalid("regarding.namespace", obj.Regarding.Namespace, "does not match event.namespace");
        if (obj.EventTime is null && obj.DeprecatedFirstTimestamp is null)
            findings.Required("eventTime");
        if (obj.Type is not ("" or "Normal" or "Warning"))
            findings.Invalid("type", obj.Type, "must be one of: \"Normal\", \"Warning\"");
    }

    public override IReadOnlyList<object?> Cells(Event obj, DateTimeOffset now) => EventRules.Cells(
        obj.Metadata,
        obj.Regarding,
        obj.Type,
        obj.Reason,
        obj.ReportingController.Length > 0 ? obj.ReportingController : obj.DeprecatedSource.Component,
        obj.Note,
        obj.DeprecatedFirstTimestamp ?? obj.EventTime,
        obj.Series?.LastObservedTime ?? obj.DeprecatedLastTimestamp ?? obj.EventTime,
        obj.Series?.Count ?? obj.DeprecatedCount,
        now);
}
