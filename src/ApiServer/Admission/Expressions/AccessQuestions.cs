using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Authorization;
using KubeSharp.Machinery.Cel;

namespace KubeSharp.ApiServer.Admission.Expressions;

/// <summary>Answers what expressions ask of <c>authorizer</c>.</summary>
internal sealed class AccessQuestions(IAuthorizer authorizer, Identity user) : ICelAuthorizer
{
    private const string AccountPrefix = "system:serviceaccount";

    public CelDecision Authorize(CelAuthorizationRequest request)
    {
        var who = request.ServiceAccount is var (ns, name)
            ? new Identity($"{AccountPrefix}:{ns}:{name}", [$"{AccountPrefix}s", $"{AccountPrefix}s:{ns}", Identity.Authenticated])
            : user;
        var access = request.Path is { } path
            ? new AccessRequest(who, request.Verb) { Path = path }
            : new AccessRequest(who, request.Verb)
            {
                Group = request.Group,
                Version = "*",
                Resource = request.Resource,
                Subresource = request.Subresource,
                Namespace = request.Namespace,
                Name = request.Name,
            };

        // Expressions are evaluated without waiting; authorizers answer out of the caches, so there is next to nothing to wait for.
        var decision = authorizer.AuthorizeAsync(access, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return new(decision.Allowed == true, decision.Reason);
    }
}
