using KubeSharp.Objects.AdmissionregistrationV1;

namespace KubeSharp.Kinds.Admission;

/// <summary>All the API server knows about MutatingAdmissionPolicyBindings.</summary>
internal sealed class MutatingAdmissionPolicyBindingKind : Kind<MutatingAdmissionPolicyBinding>
{
    public override bool UpdatesUnconditionally => false;

    public override MutatingAdmissionPolicyBinding ApplyDefaults(MutatingAdmissionPolicyBinding obj) =>
        obj with { Spec = obj.Spec with { MatchResources = MatchRules.Default(obj.Spec.MatchResources) } };

    public override void Validate(MutatingAdmissionPolicyBinding obj, Findings findings)
    {
        BindingRules.Validate(obj.Spec.PolicyName, obj.Spec.ParamRef, obj.Spec.MatchResources, findings);
        MatchRules.ValidateMutable(obj.Spec.MatchResources, "spec.matchResources", findings);
    }

    public override IReadOnlyList<object?> Cells(MutatingAdmissionPolicyBinding obj, DateTimeOffset now) =>
        [obj.Metadata.Name, obj.Spec.PolicyName, MatchRules.Cell(obj.Spec.ParamRef), Ages.Of(obj.Metadata.CreationTimestamp, now)];
}
