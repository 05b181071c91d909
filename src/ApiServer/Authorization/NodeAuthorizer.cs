using KubeSharp.ApiServer.Authentication;
using KubeSharp.Objects.RbacV1;

namespace KubeSharp.ApiServer.Authorization;

/// <summary>
/// What a node's agent may do: the rules of the role <c>system:node</c>, but secrets, config maps, claims and tokens only of pods
/// bound to that node (upstream's Node authorizer).
/// </summary>
public sealed class NodeAuthorizer(IObjects objects, IReadOnlyList<PolicyRule> rules) : IAuthorizer
{
    private const string LeaseNamespace = "kube-node-lease";

    public ValueTask<Decision> AuthorizeAsync(AccessRequest request, CancellationToken ct)
    {
        if (Identities.NodeName(request.User) is not { } node)
            return new(Decision.NoOpinion);

        if (request.IsResource && Refusal(request, node) is { } refusal)
            return new(new Decision(null, refusal));

        return new(rules.Any(r => r.Covers(request)) ? Decision.Allow("") : Decision.NoOpinion);
    }

    /// <summary>Why this node may not touch this very object; <see langword="null"/> if the role's rules decide.</summary>
    private string? Refusal(AccessRequest request, string node) => (request.Group, request.Resource, request.Subresource) switch
    {
        ("", "secrets" or "configmaps", _) => Related(request, node, "get", "list", "watch"),
        ("", "persistentvolumeclaims", "") => Related(request, node, "get"),
        ("", "serviceaccounts", "token") => Related(request, node, "create"),
        ("coordination.k8s.io", "leases", _) => OwnLease(request, node),
        ("storage.k8s.io", "csinodes", _) => request.Name == node || request.Verb == "create" ? null : "can only access CSINode with the same name as the requesting node",
        _ => null,
    };

    private string? Related(AccessRequest request, string node, params ReadOnlySpan<string> verbs)
    {
        if (!verbs.Contains(request.Verb))
            return $"can only {string.Join("/", verbs.ToArray())} individual resources of this type";
        if (request.Name.Length == 0)
            return "No Object name found";

        foreach (var pod in objects.List<Pod>())
        {
            if (pod.Spec.NodeName == node && pod.Metadata.Namespace == request.Namespace
                && PodReferences.Of(pod).Contains((request.Resource, request.Name)))
                return null;
        }

        return $"no relationship found between node '{node}' and this object";
    }

    private static string? OwnLease(AccessRequest request, string node)
    {
        if (request.Namespace != LeaseNamespace)
            return $"can only access leases in the \"{LeaseNamespace}\" system namespace";

        return request.Verb == "create" || request.Name == node ? null : "can only access node lease with the same name as the requesting node";
    }
}
