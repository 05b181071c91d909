using KubeSharp.ApiServer.Authorization;
using KubeSharp.Objects.RbacV1;

namespace KubeSharp.ApiServer.Admission;

/// <summary>
/// Nobody gives away rights that they do not have: neither in a role nor by binding one, unless they may <c>escalate</c> or <c>bind</c>
/// that role. Upstream does this in the storage of the RBAC kinds.
/// </summary>
internal sealed class RoleEscalation(IObjects objects, RbacAuthorizer rbac, IAuthorizer authorizer) : IAdmission
{
    /// <summary>What an aggregated role may come to hold: anything.</summary>
    private static readonly PolicyRule[] Everything =
    [
        new() { Verbs = ["*"], ApiGroups = ["*"], Resources = ["*"] },
        new() { Verbs = ["*"], NonResourceURLs = ["*"] },
    ];

    public ValueTask ValidateAsync(AdmissionRequest request, CancellationToken ct)
    {
        if (request.Verb is not (AdmissionVerb.Create or AdmissionVerb.Update) || request.Subresource.Length > 0
            || request.Resource.Type.Group != "rbac.authorization.k8s.io" || request.User.Groups.Contains(Authentication.Identity.Masters))
            return ValueTask.CompletedTask;

        return (request.Object, request.Old) switch
        {
            (Role now, Role old) when now.Rules.SequenceEqual(old.Rules) => ValueTask.CompletedTask,
            (ClusterRole now, ClusterRole old) when now.Rules.SequenceEqual(old.Rules) && now.AggregationRule == old.AggregationRule => ValueTask.CompletedTask,
            (Role now, _) => RoleAsync(request, now.Rules, ct),
            (ClusterRole { AggregationRule: not null }, _) => RoleAsync(request, Everything, ct),
            (ClusterRole now, _) => RoleAsync(request, now.Rules, ct),
            (RoleBinding now, _) => BindingAsync(request, now.RoleRef, now.Metadata.Namespace, ct),
            (ClusterRoleBinding now, _) => BindingAsync(request, now.RoleRef, "", ct),
            _ => ValueTask.CompletedTask,
        };
    }

    private async ValueTask RoleAsync(AdmissionRequest request, IReadOnlyList<PolicyRule> rules, CancellationToken ct)
    {
        if (!await MayAsync(request, "escalate", request.Resource.Type.Plural, request.Key.Namespace, request.Key.Name, ct))
            Check(request, rules, request.Key.Namespace);
    }

    private async ValueTask BindingAsync(AdmissionRequest request, RoleRef role, string ns, CancellationToken ct)
    {
        var isClusterRole = role.Kind == "ClusterRole";
        if (await MayAsync(request, "bind", isClusterRole ? "clusterroles" : "roles", ns, role.Name, ct))
            return;

        var rules = isClusterRole
            ? (await objects.FindAsync<ClusterRole>(new("", role.Name), ct))?.Rules
            : (await objects.FindAsync<Role>(new(ns, role.Name), ct))?.Rules;
        Check(request, rules ?? throw ApiException.NotFound("rbac.authorization.k8s.io", isClusterRole ? "clusterroles" : "roles", role.Name), ns);
    }

    private async ValueTask<bool> MayAsync(AdmissionRequest request, string verb, string resource, string ns, string name, CancellationToken ct)
    {
        var access = new AccessRequest(request.User, verb) { Group = "rbac.authorization.k8s.io", Version = "v1", Resource = resource, Namespace = ns, Name = name };
        return (await authorizer.AuthorizeAsync(access, ct)).Allowed == true;
    }

    private void Check(AdmissionRequest request, IReadOnlyList<PolicyRule> rules, string ns)
    {
        var held = rbac.RulesFor(request.User, ns).Select(r => r.Rule).ToList();
        var missing = rules.SelectMany(r => RuleParts.Of(r, request.User)).Where(part => !held.Any(rule => rule.Covers(part))).Distinct().ToList();
        if (missing.Count == 0)
            return;

        var groups = string.Join(' ', request.User.Groups.Select(g => $"\"{g}\""));
        throw request.Forbidden(
            $"user \"{request.User.Name}\" (groups=[{groups}]) is attempting to grant RBAC permissions not currently held:\n{string.Join('\n', RuleParts.Describe(missing))}");
    }
}
