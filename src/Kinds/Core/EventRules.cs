namespace KubeSharp.Kinds.Core;

/// <summary>What both faces of an Event, core and events.k8s.io, have in common.</summary>
internal static class EventRules
{
    public static readonly string[] Fields =
    [
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
        "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
    ];

    /// <summary>The events of <c>kubectl get events</c>: last seen, type, reason, object, …</summary>
    public static IReadOnlyList<object?> Cells(
        ObjectMeta metadata, ObjectReference about, string type, string reason, string source, string message, DateTimeOffset? first, DateTimeOffset? last, long count, DateTimeOffset now)
    {
        var name = about.Name.Length > 0 ? $"{about.Kind.ToLowerInvariant()}/{about.Name}" : about.Kind.ToLowerInvariant();
        return
        [
            Ages.Of(last ?? first, now), type, reason, name, about.FieldPath, source, message.Trim(), Ages.Of(first, now), Math.Max(1, count), metadata.Name,
        ];
    }
}
