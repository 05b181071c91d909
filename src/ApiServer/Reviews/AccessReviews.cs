using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Authorization;
using KubeSharp.Objects.AuthenticationV1;
using KubeSharp.Objects.AuthorizationV1;

namespace KubeSharp.ApiServer.Reviews;

/// <summary>The kinds that are questions: posted, answered, never stored.</summary>
public sealed class AccessReviews(IAuthorizer authorizer, RbacAuthorizer rbac, ServiceAccountTokens tokens)
{
    /// <summary>The posted object with its status filled in, or <see langword="null"/> if it is not a question.</summary>
    /// <param name="ns">The namespace of the request; empty for cluster-scoped reviews.</param>
    /// <exception cref="ApiException">400 or 422: the question makes no sense.</exception>
    public async ValueTask<IObject?> AnswerAsync(IObject posted, Identity asker, string ns, CancellationToken ct) => posted switch
    {
        SelfSubjectReview self => self with { Status = new() { UserInfo = UserInfoOf(asker) } },
        SelfSubjectAccessReview self => self with { Status = await DecideAsync(asker, self.Spec.ResourceAttributes, self.Spec.NonResourceAttributes, "SelfSubjectAccessReview", ct) },
        SubjectAccessReview review => review with { Status = await DecideAsync(UserOf(review.Spec, "SubjectAccessReview"), review.Spec.ResourceAttributes, review.Spec.NonResourceAttributes, "SubjectAccessReview", ct) },
        LocalSubjectAccessReview local => local with { Status = await DecideLocalAsync(local, ns, ct) },
        // Upstream answers this one with a new object: neither the question nor its metadata come back.
        SelfSubjectRulesReview rules => new SelfSubjectRulesReview { Status = RulesOf(asker, rules.Spec.Namespace) },
        TokenReview token => token with { Status = await ProveAsync(token.Spec, ct) },
        _ => null,
    };

    private async ValueTask<SubjectAccessReviewStatus> DecideLocalAsync(LocalSubjectAccessReview local, string ns, CancellationToken ct)
    {
        var findings = new Findings();
        if (local.Spec.ResourceAttributes is { } attributes && attributes.Namespace != ns)
            findings.Invalid("spec.resourceAttributes.namespace", attributes.Namespace, "must match metadata.namespace");
        if (local.Spec.NonResourceAttributes is not null)
            findings.Invalid("spec.nonResourceAttributes", "", "disallowed on this kind of request");
        Throw(findings, "LocalSubjectAccessReview");
        return await DecideAsync(UserOf(local.Spec, "LocalSubjectAccessReview"), local.Spec.ResourceAttributes, null, "LocalSubjectAccessReview", ct);
    }

    private async ValueTask<SubjectAccessReviewStatus> DecideAsync(
        Identity user, ResourceAttributes? resource, NonResourceAttributes? path, string kind, CancellationToken ct)
    {
        var findings = new Findings();
        if (resource is not null && path is not null)
            findings.Invalid("spec.nonResourceAttributes", "", "cannot be specified in combination with resourceAttributes");
        if (resource is null && path is null)
            findings.Invalid("spec.resourceAttributes", "", "exactly one of nonResourceAttributes or resourceAttributes must be specified");
        Throw(findings, kind);

        var decision = await authorizer.AuthorizeAsync(RequestOf(user, resource, path), ct);
        return new()
        {
            Allowed = decision.Allowed == true,
            Denied = decision.Allowed == false,
            Reason = decision.Reason,
        };
    }

    private static AccessRequest RequestOf(Identity user, ResourceAttributes? resource, NonResourceAttributes? path) => resource is null
        ? new(user, path!.Verb) { Path = path.Path }
        : new(user, resource.Verb)
        {
            Group = resource.Group,
            Version = resource.Version,
            Resource = resource.Resource,
            Subresource = resource.Subresource,
            Namespace = resource.Namespace,
            Name = resource.Name,
        };

    private static Identity UserOf(SubjectAccessReviewSpec spec, string kind)
    {
        var findings = new Findings();
        if (spec.User.Length == 0 && spec.Groups.Count == 0)
            findings.Invalid("spec.user", "", "at least one of user or group must be specified");
        Throw(findings, kind);
        return new(spec.User, spec.Groups) { Uid = spec.Uid, Extra = spec.Extra };
    }

    private SubjectRulesReviewStatus RulesOf(Identity user, string ns)
    {
        if (ns.Length == 0)
            throw ApiException.BadRequest("no namespace on request");

        var rules = rbac.RulesFor(user, ns).Select(r => r.Rule).ToList();
        return new()
        {
            ResourceRules = [.. rules.Where(r => r.NonResourceURLs.Count == 0).Select(r => new ResourceRule
            {
                Verbs = r.Verbs,
                ApiGroups = r.ApiGroups,
                Resources = r.Resources,
                ResourceNames = r.ResourceNames,
            })],
            NonResourceRules = [.. rules.Where(r => r.NonResourceURLs.Count > 0).Select(r => new NonResourceRule
            {
                Verbs = r.Verbs,
                NonResourceURLs = r.NonResourceURLs,
            })],
        };
    }

    private async ValueTask<TokenReviewStatus> ProveAsync(TokenReviewSpec spec, CancellationToken ct)
    {
        if (spec.Token.Length == 0)
            throw ApiException.BadRequest("token is required for TokenReview in authentication");

        return await tokens.ProveAsync(spec.Token, spec.Audiences, ct) is { } proof
            ? new() { Authenticated = true, User = UserInfoOf(proof.User), Audiences = proof.Audiences }
            : new() { Error = "invalid bearer token" };
    }

    private static UserInfo UserInfoOf(Identity user) => new()
    {
        Username = user.Name,
        Uid = user.Uid,
        Groups = user.Groups,
        Extra = user.Extra,
    };

    private static void Throw(Findings findings, string kind)
    {
        if (findings.Errors.Count > 0)
            throw ApiException.Invalid("authorization.k8s.io", kind, "", findings);
    }
}
