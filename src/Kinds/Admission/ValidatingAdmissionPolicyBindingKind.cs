using KubeSharp.Objects.AdmissionregistrationV1;

namespace KubeSharp.Kinds.Admission;

/// <summary>All the API server knows about ValidatingAdmissionPolicyBindings.</summary>
internal sealed class ValidatingAdmissionPolicyBindingKind : Kind<ValidatingAdmissionPolicyBinding>
{
    public override bool UpdatesUnconditionally => false;

    public override ValidatingAdmissionPolicyBinding ApplyDefaults(ValidatingAdmissionPolicyBinding obj) =>
        obj with { Spec = obj.Spec with { MatchResources = MatchRules.Default(obj.Spec.MatchResources) } };

    public override void Validate(ValidatingAdmissionPolicyBinding obj, Findings findings)
    {
        BindingRules.Validate(obj.Spec.PolicyName, obj.Spec.ParamRef, obj.Spec.MatchResources, findings);
        Actions(obj.Spec.ValidationActions, "spec.validationActions", findings);
    }

    public override IReadOnlyList<object?> Cells(ValidatingAdmissionPolicyBinding obj, DateTimeOffset now) =>
        [obj.Metadata.Name, obj.Spec.PolicyName, MatchRules.Cell(obj.Spec.ParamRef), Ages.Of(obj.Metadata.CreationTimestamp, now)];

    private static void Actions(IReadOnlyList<string> actions, string field, Findings findings)
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < actions.Count; i++)
        {
            if (actions[i] is not ("Deny" or "Warn" or "Audit"))
                findings.NotSupported($"{field}[{i}]", actions[i], "Deny", "Warn", "Audit");
            if (!seen.Add(actions[i]))
                findings.Duplicate($"{field}[{i}]", actions[i]);
        }

        if (seen.Contains("Deny") && seen.Contains("Warn"))
            findings.Invalid(field, actions, "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)");
        if (seen.Count == 0)
            findings.Required(field, "at least one validation action is required");
    }
}
