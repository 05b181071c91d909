using KubeSharp.Objects.RbacV1;

namespace KubeSharp.Kinds.Rbac;

/// <summary>All the API server knows about ClusterRoleBindings.</summary>
internal sealed class ClusterRoleBindingKind : Kind<ClusterRoleBinding>
{
    public override IEnumerable<string> ValidateName(string name) => PolicyRules.Name(name);

    public override ClusterRoleBinding ApplyDefaults(ClusterRoleBinding obj) => obj with
    {
        RoleRef = PolicyRules.Default(obj.RoleRef),
        Subjects = obj.Subjects.Count == 0 ? obj.Subjects : [.. obj.Subjects.Select(PolicyRules.Default)],
    };

    public override void Validate(ClusterRoleBinding obj, Findings findings)
    {
        PolicyRules.Validate(obj.RoleRef, findings, "ClusterRole");
        PolicyRules.Validate(obj.Subjects, namespaced: false, findings);
    }

    public override void ValidateUpdate(ClusterRoleBinding old, ClusterRoleBinding obj, Findings findings)
    {
        if (old.RoleRef != obj.RoleRef)
            findings.Invalid("roleRef", obj.RoleRef, "cannot change roleRef");
        Validate(obj, findings);
    }

    public override IReadOnlyList<object?> Cells(ClusterRoleBinding obj, DateTimeOffset now) => PolicyRules.Cells(obj.Metadata, obj.RoleRef, obj.Subjects, now);
}
