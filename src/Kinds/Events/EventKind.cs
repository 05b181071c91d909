using System.Text;
using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Events;

/// <summary>What the two faces of Events, core and events.k8s.io, share: all but the names of fields.</summary>
/// <param name="about">The field with the object the event is about.</param>
/// <param name="controller">The field with the component that tells.</param>
internal abstract class EventKind<T>(string about, string controller) : Kind<T>
    where T : class, IObject<T>
{
    private const int MaxText = 128;
    private const int MaxNote = 1024;
    private const string OtherNamespace = "does not match event.namespace";

    public sealed override IReadOnlyCollection<string> FieldNames => field ??= Selectable(EventFactsOfNothing).Keys.ToList();

    public sealed override bool CreatesOnUpdate => true;

    public sealed override IReadOnlyDictionary<string, string> SelectableFields(T obj) => Selectable(Facts(obj));

    /// <summary>Events of old, without an event time, need little; the others are checked in full. An event that is there may be written again as it is.</summary>
    public override void Validate(T obj, Findings findings)
    {
        var facts = Facts(obj);
        var field = $"{about}.namespace";
        var isOfNothing = facts.About.Namespace.Length == 0;
        // What is about the cluster itself lives in these namespaces.
        if (isOfNothing && obj.Metadata.Namespace is not ("default" or "kube-system"))
            findings.Invalid(field, "", OtherNamespace);
        else if (!isOfNothing && facts.Time is null && obj.Metadata.Namespace != facts.About.Namespace)
            findings.Invalid(field, facts.About.Namespace, OtherNamespace);
        if (facts.Time is null)
            return;

        findings.Present(controller, facts.Controller);
        findings.Each("reportingController", facts.Controller, NameRules.QualifiedName(facts.Controller));
        Text("reportingInstance", facts.Instance, findings);
        Text("action", facts.Action, findings);
        Text("reason", facts.Reason, findings);
        if (Encoding.UTF8.GetByteCount(facts.Note) > MaxNote)
            findings.Invalid("message", "", $"can have at most {MaxNote} characters");
    }

    /// <summary>The row of <c>kubectl get events</c>: last seen, type, reason, object, …</summary>
    public sealed override IReadOnlyList<object?> Cells(T obj, DateTimeOffset now)
    {
        var facts = Facts(obj);
        var first = facts.First ?? facts.Time;
        var kind = facts.About.Kind.ToLowerInvariant();
        return
        [
            Ages.Of(facts.Series?.Last ?? facts.Last ?? first, now),
            facts.Type,
            facts.Reason,
            facts.About.Name.Length > 0 ? $"{kind}/{facts.About.Name}" : kind,
            facts.About.FieldPath,
            facts.Source.Host.Length > 0 ? $"{Component(facts)}, {facts.Source.Host}" : Component(facts),
            facts.Note.Trim(),
            Ages.Of(first, now),
            Math.Max(1L, facts.Series?.Count ?? facts.Count),
            obj.Metadata.Name,
        ];
    }

    protected abstract EventFacts Facts(T obj);

    private static EventFacts EventFactsOfNothing { get; } = new(ObjectReference.Empty, "", "", "", "")
    {
        Source = EventSource.Empty, Controller = "", Instance = "", Time = null, First = null, Last = null, Count = 0, Series = null,
    };

    private static string Component(EventFacts facts) => facts.Source.Component.Length > 0 ? facts.Source.Component : facts.Controller;

    private static void Text(string field, string text, Findings findings)
    {
        findings.Present(field, text);
        if (text.Length > MaxText)
            findings.Invalid(field, "", $"can have at most {MaxText} characters");
    }

    private Dictionary<string, string> Selectable(EventFacts facts)
    {
        var fields = new Dictionary<string, string>
        {
            [$"{about}.kind"] = facts.About.Kind,
            [$"{about}.namespace"] = facts.About.Namespace,
            [$"{about}.name"] = facts.About.Name,
            [$"{about}.uid"] = facts.About.Uid,
            [$"{about}.apiVersion"] = facts.About.ApiVersion,
            [$"{about}.resourceVersion"] = facts.About.ResourceVersion,
            [$"{about}.fieldPath"] = facts.About.FieldPath,
            ["reason"] = facts.Reason,
            [controller] = facts.Controller,
            ["type"] = facts.Type,
        };
        if (about == "involvedObject")
            fields["source"] = Component(facts);
        return fields;
    }
}
