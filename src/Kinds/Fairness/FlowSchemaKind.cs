using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.FlowcontrolV1;

namespace KubeSharp.Kinds.Fairness;

/// <summary>All the API server knows about FlowSchemas: which requests go to which priority level.</summary>
internal sealed class FlowSchemaKind : Kind<FlowSchema>
{
    private const int MaxPrecedence = 10_000;

    public override FlowSchema ApplyDefaults(FlowSchema obj) =>
        obj.Spec.MatchingPrecedence == 0 ? obj with { Spec = obj.Spec with { MatchingPrecedence = 1000 } } : obj;

    public override void Validate(FlowSchema obj, Findings findings)
    {
        var spec = obj.Spec;
        Precedence(obj, "spec.matchingPrecedence", findings);
        if (spec.DistinguisherMethod is { Type: not ("ByNamespace" or "ByUser") } method)
            findings.NotSupported("spec.distinguisherMethod.type", method, "ByNamespace", "ByUser");

        const string Level = "spec.priorityLevelConfiguration.name";
        if (spec.PriorityLevelConfiguration.Name.Length == 0)
            findings.Required(Level, "must reference a priority level");
        else
            findings.Each(Level, spec.PriorityLevelConfiguration.Name, NameRules.Dns1123Subdomain(spec.PriorityLevelConfiguration.Name));
        for (var i = 0; i < spec.Rules.Count; i++)
            FlowRules.Validate(spec.Rules[i], $"spec.rules[{i}]", findings);

        if (MandatoryFlows.Schema(obj.Metadata.Name) is { } mandatory && mandatory != spec)
            findings.Invalid("spec", spec, $"spec of '{obj.Metadata.Name}' must equal the fixed value");
        Status(obj, findings);
    }

    public override void ValidateStatusUpdate(FlowSchema old, FlowSchema obj, Findings findings) => Status(obj, findings);

    public override IReadOnlyList<object?> Cells(FlowSchema obj, DateTimeOffset now) =>
    [
        obj.Metadata.Name,
        obj.Spec.PriorityLevelConfiguration.Name,
        (long)obj.Spec.MatchingPrecedence,
        obj.Spec.DistinguisherMethod?.Type ?? CellText.None,
        Ages.Of(obj.Metadata.CreationTimestamp, now),
        obj.Status.Conditions.FirstOrDefault(c => c.Type == "Dangling")?.Status ?? "?",
    ];

    private static void Precedence(FlowSchema obj, string field, Findings findings)
    {
        var precedence = obj.Spec.MatchingPrecedence;
        if (precedence <= 0)
            findings.Invalid(field, precedence, "must be a positive value");
        if (precedence > MaxPrecedence)
            findings.Invalid(field, precedence, $"must not be greater than {MaxPrecedence}");
        if (precedence == 1 && obj.Metadata.Name != MandatoryFlows.Exempt)
            findings.Invalid(field, precedence, "only the schema named 'exempt' may have matchingPrecedence 1");
    }

    private static void Status(FlowSchema obj, Findings findings) =>
        FlowRules.ConditionTypes([.. obj.Status.Conditions.Select(c => c.Type)], "status.conditions", findings);
}
