using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.AdmissionregistrationV1;

namespace KubeSharp.Kinds.Admission;

/// <summary>All the API server knows about MutatingAdmissionPolicies.</summary>
internal sealed class MutatingAdmissionPolicyKind : Kind<MutatingAdmissionPolicy>
{
    private const string Apply = "ApplyConfiguration";
    private const string JsonPatch = "JSONPatch";

    public override bool UpdatesUnconditionally => false;

    public override MutatingAdmissionPolicy ApplyDefaults(MutatingAdmissionPolicy obj) => obj with
    {
        Spec = obj.Spec with { FailurePolicy = obj.Spec.FailurePolicy ?? "Fail", MatchConstraints = MatchRules.Default(obj.Spec.MatchConstraints) },
    };

    public override void Validate(MutatingAdmissionPolicy obj, Findings findings) => Validate(obj.Spec, null, findings);

    public override void ValidateUpdate(MutatingAdmissionPolicy old, MutatingAdmissionPolicy obj, Findings findings) => Validate(obj.Spec, old.Spec, findings);

    public override IReadOnlyList<object?> Cells(MutatingAdmissionPolicy obj, DateTimeOffset now) =>
        [obj.Metadata.Name, (long)obj.Spec.Mutations.Count, MatchRules.Cell(obj.Spec.ParamKind), Ages.Of(obj.Metadata.CreationTimestamp, now)];

    private static void Validate(MutatingAdmissionPolicySpec spec, MutatingAdmissionPolicySpec? old, Findings findings)
    {
        var check = new PolicyExpressions(spec.ParamKind is not null, spec.Variables, findings);
        findings.OneOf("spec.failurePolicy", spec.FailurePolicy ?? "", "Fail", "Ignore");
        if (spec.ParamKind is { } kind)
            MatchRules.Validate(kind, "spec.paramKind", findings);
        MatchRules.ValidateRequired(spec.MatchConstraints, "spec.matchConstraints", findings);
        MatchRules.ValidateMutable(spec.MatchConstraints, "spec.matchConstraints", findings);
        if (old is null || old.ParamKind != spec.ParamKind || !old.MatchConditions.SequenceEqual(spec.MatchConditions))
            check.Conditions(spec.MatchConditions, "spec.matchConditions");
        check.Variables("spec.variables");

        if (spec.Mutations.Count == 0)
            findings.Required("spec.mutations", "mutations must contain at least one item");
        for (var i = 0; i < spec.Mutations.Count; i++)
            Mutation(spec.Mutations[i], $"spec.mutations[{i}]", check, findings);
        findings.OneOf("spec.reinvocationPolicy", spec.ReinvocationPolicy, "Never", "IfNeeded");
    }

    /// <summary>The patch type names the one field that may be set.</summary>
    private static void Mutation(Mutation mutation, string field, PolicyExpressions check, Findings findings)
    {
        if (mutation.PatchType is not (Apply or JsonPatch))
        {
            findings.OneOf($"{field}.patchType", mutation.PatchType, Apply, JsonPatch);
            return;
        }

        var isPatch = mutation.PatchType == JsonPatch;
        var (name, expression) = isPatch ? ("jsonPatch", mutation.JsonPatch?.Expression) : ("applyConfiguration", mutation.ApplyConfiguration?.Expression);
        var (other, isOtherSet) = isPatch ? ("applyConfiguration", mutation.ApplyConfiguration is not null) : ("jsonPatch", mutation.JsonPatch is not null);
        if (isOtherSet)
            findings.Invalid($"{field}.{other}", $"{{{other}}}", $"must not be specified when patchType is {mutation.PatchType}");
        if (expression is null)
            findings.Required($"{field}.{name}", $"must be specified when patchType is {mutation.PatchType}");
        else
            check.Check($"{field}.{name}.expression", expression, "expression is not specified", isPatch ? ExpressionUse.JsonPatch : ExpressionUse.ApplyConfiguration);
    }
}
