using KubeSharp.Objects.RbacV1;

namespace KubeSharp.Kinds.Rbac;

/// <summary>What RoleBindings and ClusterRoleBindings share: a role that stays, and subjects.</summary>
/// <param name="roles">The kinds of roles it may refer to, as the message lists them.</param>
internal abstract class BindingKind<T>(params string[] roles) : Kind<T>
    where T : class, IObject<T>
{
    public sealed override IEnumerable<string> ValidateName(string name) => PolicyRules.Name(name);

    public sealed override T ApplyDefaults(T obj)
    {
        var (role, subjects) = Parts(obj);
        return With(obj, PolicyRules.Default(role), subjects.Count == 0 ? subjects : [.. subjects.Select(PolicyRules.Default)]);
    }

    public sealed override void Validate(T obj, Findings findings)
    {
        var (role, subjects) = Parts(obj);
        PolicyRules.Validate(role, findings, roles);
        PolicyRules.Validate(subjects, Type.Namespaced, findings);
    }

    public sealed override void ValidateUpdate(T old, T obj, Findings findings)
    {
        if (Parts(old).Role != Parts(obj).Role)
            findings.Invalid("roleRef", Parts(obj).Role, "cannot change roleRef");
        Validate(obj, findings);
    }

    public sealed override IReadOnlyList<object?> Cells(T obj, DateTimeOffset now)
    {
        var (role, subjects) = Parts(obj);
        return PolicyRules.Cells(obj.Metadata, role, subjects, now);
    }

    protected abstract (RoleRef Role, IReadOnlyList<Subject> Subjects) Parts(T obj);

    protected abstract T With(T obj, RoleRef role, IReadOnlyList<Subject> subjects);
}
