using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Authorization;
using KubeSharp.ApiServer.Metrics;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Http;

/// <summary>The way in: who asks (the credentials, or whom they may speak for), and whether they may.</summary>
internal sealed class Gate(IReadOnlyList<IAuthenticator> authenticators, IAuthorizer authorizer, TimeProvider clock)
{
    private const string AnyPrefix = "Impersonate-";
    private const string UserHeader = "Impersonate-User";
    private const string GroupHeader = "Impersonate-Group";
    private const string UidHeader = "Impersonate-Uid";
    private const string ExtraPrefix = "Impersonate-Extra-";
    private const string AuthenticationGroup = "authentication.k8s.io";

    /// <summary>Where somebody unknown may ask, if a role says so too.</summary>
    private static readonly string[] OpenPaths = ["/healthz", "/livez", "/readyz", "/version", "/version/"];

    /// <exception cref="ApiException">401: no or a bad credential.</exception>
    public async ValueTask<Identity> AuthenticateAsync(HttpContext context, RequestInfo info, CancellationToken ct) =>
        await ProveAsync(context, ct) ?? (OpenPaths.Contains(info.Path) ? Identity.Anonymous : throw ApiException.Unauthorized());

    /// <summary>The user spoken for, where there is one; else the asker.</summary>
    /// <exception cref="ApiException">403: the asker may not speak for the other.</exception>
    public async ValueTask<Identity> ImpersonateAsync(IHeaderDictionary headers, Identity user, RequestNotes notes, CancellationToken ct)
    {
        var other = await ImpersonateAsync(headers, user, ct);
        if (!ReferenceEquals(other, user))
            notes.Audit?.Impersonated(other);
        return other;
    }

    /// <exception cref="ApiException">403.</exception>
    public async ValueTask AuthorizeAsync(AccessRequest request, RequestNotes notes, CancellationToken ct)
    {
        var decision = await DecideAsync(request, ct);
        notes.Audit?.Authorized(decision.Allowed == true, decision.Reason);
        Check(request, decision);
    }

    public async ValueTask<bool> MayAsync(AccessRequest request, CancellationToken ct) => (await authorizer.AuthorizeAsync(request, ct)).Allowed == true;

    private async ValueTask<Identity?> ProveAsync(HttpContext context, CancellationToken ct)
    {
        var (began, result) = (clock.GetTimestamp(), AccessMetrics.Error);
        Identity? user = null;
        try
        {
            user = await AuthenticateAsync(context, ct);
            result = user is null ? AccessMetrics.Failure : AccessMetrics.Success;
            return user;
        }
        finally
        {
            AccessMetrics.Authenticated(result, user?.Name, clock.GetElapsedTime(began));
        }
    }

    private async ValueTask<Identity?> AuthenticateAsync(HttpContext context, CancellationToken ct)
    {
        if (context.Features.Get<InProcess.InProcessIdentity>() is { } inside)
            return inside.User;

        foreach (var authenticator in authenticators)
        {
            if (await authenticator.AuthenticateAsync(context, ct) is { } user)
                return user;
        }

        // A credential of a sort that nobody here knows is a bad one.
        return context.Request.Headers.Authorization.Count > 0 ? throw ApiException.Unauthorized() : null;
    }

    private async ValueTask<Identity> ImpersonateAsync(IHeaderDictionary headers, Identity user, CancellationToken ct)
    {
        if (!Impersonates(headers))
            return user;

        var name = headers[UserHeader].ToString();
        var groups = headers[GroupHeader].OfType<string>().ToList();
        var uid = headers[UidHeader].ToString();
        var extra = RequestHeaders.ReadExtra(headers, ExtraPrefix);
        if (name.Length == 0)
        {
            return groups.Count == 0 && uid.Length == 0 && extra.Count == 0
                ? user
                : throw ApiException.BadRequest("impersonating groups, a uid or extra needs a user to impersonate");
        }

        var ask = new AccessRequest(user, "impersonate") { Version = "v1" };
        var account = name.StartsWith(Identities.AccountPrefix, StringComparison.Ordinal) && name.Split(':') is [_, _, { Length: > 0 } ns, { Length: > 0 } accountName]
            ? (Namespace: ns, Name: accountName)
            : default((string Namespace, string Name)?);
        await CheckAsync(account is { } a ? ask with { Resource = "serviceaccounts", Namespace = a.Namespace, Name = a.Name } : ask with { Resource = "users", Name = name }, ct);
        foreach (var group in groups)
            await CheckAsync(ask with { Resource = "groups", Name = group }, ct);
        foreach (var (key, values) in extra)
        {
            foreach (var value in values)
                await CheckAsync(ask with { Group = AuthenticationGroup, Resource = "userextras", Subresource = key, Name = value }, ct);
        }

        if (uid.Length > 0)
            await CheckAsync(ask with { Group = AuthenticationGroup, Resource = "uids", Name = uid }, ct);

        if (groups.Count == 0 && account is { } own)
            groups.AddRange(Identities.ServiceAccount(own.Namespace, own.Name).Groups);
        if (!groups.Contains(Identity.Authenticated) && !groups.Contains(Identity.Unauthenticated))
            groups.Add(name == Identity.AnonymousName ? Identity.Unauthenticated : Identity.Authenticated);
        return new(name, groups) { Uid = uid, Extra = extra };
    }

    private static bool Impersonates(IHeaderDictionary headers)
    {
        foreach (var (name, _) in headers)
        {
            if (name.StartsWith(AnyPrefix, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private async ValueTask CheckAsync(AccessRequest request, CancellationToken ct) => Check(request, await DecideAsync(request, ct));

    private async ValueTask<Decision> DecideAsync(AccessRequest request, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        var decision = await authorizer.AuthorizeAsync(request, ct);
        AccessMetrics.Authorized(decision.Allowed, clock.GetElapsedTime(began));
        return decision;
    }

    private static void Check(AccessRequest request, Decision decision)
    {
        if (decision.Allowed == true)
            return;

        var why = decision.Reason.Length > 0 ? ": " + decision.Reason : "";
        throw request.IsResource
            ? ApiException.Forbidden(request.Group, request.Resource, request.Name, Sentence(request) + why)
            : new(ApiException.Failure(403, "Forbidden", $"forbidden: User \"{request.User.Name}\" cannot {request.Verb} path \"{request.Path}\"{why}", StatusDetails.Empty));
    }

    private static string Sentence(AccessRequest request)
    {
        var resource = request.Subresource.Length > 0 ? $"{request.Resource}/{request.Subresource}" : request.Resource;
        var place = request.Namespace.Length > 0 ? $"in the namespace \"{request.Namespace}\"" : "at the cluster scope";
        return $"User \"{request.User.Name}\" cannot {request.Verb} resource \"{resource}\" in API group \"{request.Group}\" {place}";
    }

    public static AccessRequest RequestOf(Identity user, RequestInfo info) => info.IsResource
        ? new(user, info.Verb)
        {
            Group = info.Group,
            Version = info.Version,
            Resource = info.Resource,
            Subresource = info.Subresource,
            Namespace = info.Namespace,
            Name = info.Name,
        }
        : new(user, info.Verb) { Path = info.Path };
}
