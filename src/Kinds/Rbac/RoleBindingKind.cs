using KubeSharp.Objects.RbacV1;

namespace KubeSharp.Kinds.Rbac;

/// <summary>All the API server knows about RoleBindings.</summary>
internal sealed class RoleBindingKind : Kind<RoleBinding>
{
    public override IEnumerable<string> ValidateName(string name) => PolicyRules.Name(name);

    public override RoleBinding ApplyDefaults(RoleBinding obj) => obj with
    {
        RoleRef = PolicyRules.Default(obj.RoleRef),
        Subjects = obj.Subjects.Count == 0 ? obj.Subjects : [.. obj.Subjects.Select(PolicyRules.Default)],
    };

    public override void Validate(RoleBinding obj, Findings findings)
    {
        PolicyRules.Validate(obj.RoleRef, findings, "ClusterRole", "Role");
        PolicyRules.Validate(obj.Subjects, namespaced: true, findings);
    }

    public override void ValidateUpdate(RoleBinding old, RoleBinding obj, Findings findings)
    {
        if (old.RoleRef != obj.RoleRef)
            findings.Invalid("roleRef", obj.RoleRef, "cannot change roleRef");
        Validate(obj, findings);
    }

    public override IReadOnlyList<object?> Cells(RoleBinding obj, DateTimeOffset now) => PolicyRules.Cells(obj.Metadata, obj.RoleRef, obj.Subjects, now);
}
