using KubeSharp.Objects.RbacV1;

namespace KubeSharp.Kinds.Rbac;

/// <summary>All the API server knows about RoleBindings.</summary>
internal sealed class RoleBindingKind() : BindingKind<RoleBinding>("Role", "ClusterRole")
{
    protected override (RoleRef Role, IReadOnlyList<Subject> Subjects) Parts(RoleBinding obj) => (obj.RoleRef, obj.Subjects);

    protected override RoleBinding With(RoleBinding obj, RoleRef role, IReadOnlyList<Subject> subjects) => obj with { RoleRef = role, Subjects = subjects };
}
