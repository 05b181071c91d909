using System.Text;
using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.AdmissionregistrationV1;

namespace KubeSharp.Kinds.Admission;

/// <summary>All the API server knows about ValidatingAdmissionPolicies.</summary>
internal sealed class ValidatingAdmissionPolicyKind : Kind<ValidatingAdmissionPolicy>
{
    private const int MaxAuditAnnotations = 20;
    private const int MaxAuditExpressionBytes = 5 * 1024;
    private const string OneOfBoth = "validations or auditAnnotations must contain at least one item";

    public override bool UpdatesUnconditionally => false;

    public override ValidatingAdmissionPolicy ApplyDefaults(ValidatingAdmissionPolicy obj) => obj with
    {
        Spec = obj.Spec with { FailurePolicy = obj.Spec.FailurePolicy ?? "Fail", MatchConstraints = MatchRules.Default(obj.Spec.MatchConstraints) },
    };

    public override void Validate(ValidatingAdmissionPolicy obj, Findings findings) => Validate(obj, null, findings);

    public override void ValidateUpdate(ValidatingAdmissionPolicy old, ValidatingAdmissionPolicy obj, Findings findings) => Validate(obj, old.Spec, findings);

    public override void ValidateStatusUpdate(ValidatingAdmissionPolicy old, ValidatingAdmissionPolicy obj, Findings findings)
    {
        const string Warnings = "status.typeChecking.expressionWarnings";
        for (var i = 0; i < (obj.Status.TypeChecking?.ExpressionWarnings.Count ?? 0); i++)
        {
            var warning = obj.Status.TypeChecking!.ExpressionWarnings[i];
            findings.Present($"{Warnings}[{i}].warning", warning.Warning);
            findings.Present($"{Warnings}[{i}].fieldRef", warning.FieldRef.Trim());
        }

        findings.Conditions("status.conditions", obj.Status.Conditions);
    }

    public override IReadOnlyList<object?> Cells(ValidatingAdmissionPolicy obj, DateTimeOffset now) =>
        [obj.Metadata.Name, (long)obj.Spec.Validations.Count, MatchRules.Cell(obj.Spec.ParamKind), Ages.Of(obj.Metadata.CreationTimestamp, now)];

    private static void Validate(ValidatingAdmissionPolicy obj, ValidatingAdmissionPolicySpec? old, Findings findings)
    {
        var spec = obj.Spec;
        var check = new PolicyExpressions(spec.ParamKind is not null, spec.Variables, findings);
        findings.OneOf("spec.failurePolicy", spec.FailurePolicy ?? "", "Fail", "Ignore");
        if (spec.ParamKind is { } kind)
            MatchRules.Validate(kind, "spec.paramKind", findings);
        MatchRules.ValidateRequired(spec.MatchConstraints, "spec.matchConstraints", findings);
        if (old is null || old.ParamKind != spec.ParamKind || !old.MatchConditions.SequenceEqual(spec.MatchConditions))
            check.Conditions(spec.MatchConditions, "spec.matchConditions");
        check.Variables("spec.variables");

        if (spec.Validations.Count == 0 && spec.AuditAnnotations.Count == 0)
        {
            findings.Required("spec.validations", OneOfBoth);
            findings.Required("spec.auditAnnotations", OneOfBoth);
            return;
        }

        for (var i = 0; i < spec.Validations.Count; i++)
            Validation(spec.Validations[i], $"spec.validations[{i}]", check, findings);
        AuditAnnotations(obj, check, findings);
    }

    private static void Validation(Validation validation, string field, PolicyExpressions check, Findings findings)
    {
        check.Check($"{field}.expression", validation.Expression, "expression is not specified", ExpressionUse.Validation);
        if (validation.MessageExpression.Length > 0)
        {
            if (string.IsNullOrWhiteSpace(validation.MessageExpression))
                findings.Invalid($"{field}.messageExpression", validation.MessageExpression, "must be non-empty if specified");
            else
                check.Check($"{field}.messageExpression", validation.MessageExpression, "", ExpressionUse.Message);
        }

        if (validation.Message.Length > 0 && string.IsNullOrWhiteSpace(validation.Message))
            findings.Invalid($"{field}.message", validation.Message, "message must be non-empty if specified");
        else if (validation.Message.Trim().AsSpan().ContainsAny('\n', '\r'))
            findings.Invalid($"{field}.message", validation.Message, "message must not contain line breaks");
        if (validation.Reason is not (null or "Forbidden" or "Invalid" or "RequestEntityTooLarge"))
            findings.NotSupported($"{field}.reason", validation.Reason, "Forbidden", "Invalid", "RequestEntityTooLarge");
    }

    private static void AuditAnnotations(ValidatingAdmissionPolicy obj, PolicyExpressions check, Findings findings)
    {
        const string Field = "spec.auditAnnotations";
        var annotations = obj.Spec.AuditAnnotations;
        if (annotations.Count > MaxAuditAnnotations)
            findings.Invalid(Field, annotations, $"must not have more than {MaxAuditAnnotations} auditAnnotations");

        var keys = new HashSet<string>();
        for (var i = 0; i < annotations.Count; i++)
        {
            var (annotation, at) = (annotations[i], $"{Field}[{i}]");
            var key = $"{obj.Metadata.Name}/{annotation.Key}";
            if (obj.Metadata.Name.Length == 0)
                findings.Invalid($"{at}.key", annotation.Key, "requires metadata.name be non-empty");
            else
                findings.Each($"{at}.key", key, NameRules.QualifiedName(key));

            if (Encoding.UTF8.GetByteCount(annotation.ValueExpression.Trim()) > MaxAuditExpressionBytes)
                findings.Required($"{at}.valueExpression", $"must not exceed {MaxAuditExpressionBytes} bytes in length");
            else
                check.Check($"{at}.valueExpression", annotation.ValueExpression, "valueExpression is not specified", ExpressionUse.AuditAnnotation);
            if (!keys.Add(annotation.Key))
                findings.Duplicate($"{at}.key", annotation.Key);
        }
    }
}
