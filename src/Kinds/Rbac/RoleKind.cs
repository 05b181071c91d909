using KubeSharp.Objects.RbacV1;

namespace KubeSharp.Kinds.Rbac;

/// <summary>All the API server knows about Roles.</summary>
internal sealed class RoleKind : Kind<Role>
{
    public override IEnumerable<string> ValidateName(string name) => PolicyRules.Name(name);

    public override void Validate(Role obj, Findings findings)
    {
        PolicyRules.Validate(obj.Rules, namespaced: true, findings);
    }
}
