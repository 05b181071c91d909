namespace KubeSharp.Kinds.Core;

/// <summary>All the API server knows about Events of the core group.</summary>
internal sealed class EventKind : Kind<Event>
{
    public override IReadOnlyCollection<string> FieldNames => EventRules.Fields;

    public override bool CreatesOnUpdate => true;

    public override IReadOnlyDictionary<string, string>? SelectableFields(Event obj) => new Dictionary<string, string>
    {
        ["involvedObject.kind"] = obj.InvolvedObject.Kind,
        ["involvedObject.namespace"] = obj.InvolvedObject.Namespace,
        ["involvedObject.name"] = obj.InvolvedObject.Name,
        ["involvedObject.uid"] = obj.InvolvedObject.Uid,
        ["involvedObject.apiVersion"] = obj.InvolvedObject.ApiVersion,
        ["involvedObject.resourceVersion"] = obj.InvolvedObject.ResourceVersion,
        ["involvedObject.fieldPath"] = obj.InvolvedObject.FieldPath,
        ["reason"] = obj.Reason,
        ["reportingComponent"] = obj.ReportingComponent,
        ["source"] = obj.Source.Component.Length > 0 ? obj.Source.Component : obj.ReportingComponent,
        ["type"] = obj.Type,
    };

    public override void Validate(Event obj, Findings findings)
    {
        var about = obj.InvolvedObject;
        var isClusterScoped = about.Kind.Length > 0 && about.Namespace.Length == 0;
        // Events about cluster-scoped objects live in default, as upstream has it.
        var fits = isClusterScoped ? obj.Metadata.Namespace is "default" or "kube-system" : about.Namespace == obj.Metadata.Namespace;
        if (!fits)
            findings.Invalid("involvedObject.namespace", about.Namespace, "does not match event.namespace");
    }

    public override IReadOnlyList<object?> Cells(Event obj, DateTimeOffset now)
    {
        var source = obj.Source.Component.Length > 0 ? obj.Source.Component : obj.ReportingComponent;
        if (obj.Source.Host.Length > 0)
            source += ", " + obj.Source.Host;
        return EventRules.Cells(
            obj.Metadata,
            obj.InvolvedObject,
            obj.Type,
            obj.Reason,
            source,
            obj.Message,
            obj.FirstTimestamp ?? obj.EventTime,
            obj.Series?.LastObservedTime ?? obj.LastTimestamp ?? obj.EventTime,
            obj.Series?.Count ?? obj.Count,
            now);
    }
}
