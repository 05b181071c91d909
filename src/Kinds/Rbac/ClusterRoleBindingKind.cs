using KubeSharp.Objects.RbacV1;

namespace KubeSharp.Kinds.Rbac;

/// <summary>All the API server knows about ClusterRoleBindings.</summary>
internal sealed class ClusterRoleBindingKind() : BindingKind<ClusterRoleBinding>("ClusterRole")
{
    protected override (RoleRef Role, IReadOnlyList<Subject> Subjects) Parts(ClusterRoleBinding obj) => (obj.RoleRef, obj.Subjects);

    protected override ClusterRoleBinding With(ClusterRoleBinding obj, RoleRef role, IReadOnlyList<Subject> subjects) => obj with { RoleRef = role, Subjects = subjects };
}
