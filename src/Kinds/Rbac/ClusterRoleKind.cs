using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.RbacV1;

namespace KubeSharp.Kinds.Rbac;

/// <summary>All the API server knows about ClusterRoles.</summary>
internal sealed class ClusterRoleKind : Kind<ClusterRole>
{
    public override IEnumerable<string> ValidateName(string name) => PolicyRules.Name(name);

    public override void Validate(ClusterRole obj, Findings findings)
    {
        PolicyRules.Validate(obj.Rules, namespaced: false, findings);
        if (obj.AggregationRule is not { } aggregation)
            return;

        if (aggregation.ClusterRoleSelectors.Count == 0)
            findings.Required("aggregationRule.clusterRoleSelectors", "at least one clusterRoleSelector required if aggregationRule is non-nil");
        for (var i = 0; i < aggregation.ClusterRoleSelectors.Count; i++)
            findings.Selector($"aggregationRule.clusterRoleSelectors[{i}]", aggregation.ClusterRoleSelectors[i]);
    }
}
