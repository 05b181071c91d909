using KubeSharp.ApiServer.Authentication;
using KubeSharp.Objects.RbacV1;

namespace KubeSharp.ApiServer.Authorization;

/// <summary>Role-based access control: what the roles bound to the user or to one of its groups allow.</summary>
/// <remarks>The index over all bindings is made anew after a change of roles or bindings, by the first request that needs it.</remarks>
public sealed class RbacAuthorizer(IObjects objects) : IAuthorizer
{
    private RbacIndex _index = RbacIndex.Empty;

    public ValueTask<Decision> AuthorizeAsync(AccessRequest request, CancellationToken ct)
    {
        // Upstream binds this group to cluster-admin and, besides, lets it through even when bindings are lost.
        if (request.User.Groups.Contains(Identity.Masters))
            return new(Decision.Allow(""));

        foreach (var (rule, reason) in RulesFor(request.User, request.Namespace))
        {
            if (rule.Covers(request))
                return new(Decision.Allow(reason));
        }

        return new(Decision.NoOpinion);
    }

    /// <summary>The rules that hold for the user in a namespace (empty: cluster-wide only), each with the binding that gives it.</summary>
    public IEnumerable<(PolicyRule Rule, string Reason)> RulesFor(Identity user, string ns) => Current().RulesFor(user, ns);

    private RbacIndex Current()
    {
        var index = Volatile.Read(ref _index);
        var source = new RbacSource(
            objects.List<ClusterRole>(), objects.List<Role>(), objects.List<ClusterRoleBinding>(), objects.List<RoleBinding>());
        if (index.IsOf(source))
            return index;

        index = new(source);
        Volatile.Write(ref _index, index);
        return index;
    }
}
