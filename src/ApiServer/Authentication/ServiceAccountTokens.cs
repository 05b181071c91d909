using System.Text.Json.Nodes;
using KubeSharp.Objects.AuthenticationV1;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Authentication;

/// <summary>Issues and proves bound service-account tokens (KEP-1205): they die with the account or pod they are bound to.</summary>
/// <param name="keys">The first signs; all verify, so that keys can be rotated.</param>
public sealed class ServiceAccountTokens(
    IReadOnlyList<SigningKey> keys, string issuer, IReadOnlyList<string> audiences, IObjects objects, TimeProvider clock)
    : IAuthenticator, ITokenIssuer
{
    private const long MinSeconds = 10 * 60;
    private const long MaxSeconds = 1L << 32;
    private const long DefaultSeconds = 60 * 60;
    private const string PrivateClaim = "kubernetes.io";

    /// <summary>Clocks of two machines may differ by this much.</summary>
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(1);

    public async ValueTask<Identity?> AuthenticateAsync(HttpContext context, CancellationToken ct)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return null;

        return await ProveAsync(header["Bearer ".Length..].Trim(), audiences, ct) is { } proof
            ? proof.User
            : throw ApiException.Unauthorized();
    }

    /// <summary>Whose token this is and for which of the wanted audiences; <see langword="null"/> if it proves nothing.</summary>
    public async ValueTask<(Identity User, IReadOnlyList<string> Audiences)?> ProveAsync(
        string token, IReadOnlyList<string> wanted, CancellationToken ct)
    {
        if (JsonWebToken.Verify(token, keys) is not { } claims || Text(claims, "iss") != issuer || !IsCurrent(claims))
            return null;

        var common = Strings(claims["aud"]).Intersect(wanted.Count > 0 ? wanted : audiences).ToList();
        if (common.Count == 0 || claims[PrivateClaim] is not JsonObject bound || await FindUserAsync(bound, claims, ct) is not { } user)
            return null;

        return (user, common);
    }

    public async ValueTask<TokenRequest> IssueAsync(ServiceAccount account, TokenRequest request, CancellationToken ct)
    {
        var seconds = request.Spec.ExpirationSeconds ?? DefaultSeconds;
        Check(seconds);

        var now = clock.GetUtcNow();
        var expires = now.AddSeconds(seconds);
        var bound = new JsonObject
        {
            ["namespace"] = account.Metadata.Namespace,
            ["serviceaccount"] = Reference(account.Metadata),
        };
        if (request.Spec.BoundObjectRef is { } reference)
            await BindAsync(bound, account, reference, ct);

        var claims = new JsonObject
        {
            ["aud"] = new JsonArray([.. (request.Spec.Audiences.Count > 0 ? request.Spec.Audiences : audiences).Select(a => JsonValue.Create(a))]),
            ["exp"] = expires.ToUnixTimeSeconds(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["iss"] = issuer,
            ["jti"] = Guid.NewGuid().ToString(),
            [PrivateClaim] = bound,
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["sub"] = Identities.AccountName(account.Metadata.Namespace, account.Metadata.Name),
        };
        return request with
        {
            Spec = request.Spec with
            {
                Audiences = request.Spec.Audiences.Count > 0 ? request.Spec.Audiences : audiences,
                ExpirationSeconds = seconds,
            },
            Status = new() { Token = JsonWebToken.Sign(claims, keys[0]), ExpirationTimestamp = expires },
        };
    }

    private static void Check(long seconds)
    {
        var findings = new Findings();
        if (seconds < MinSeconds)
            findings.Invalid("spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes");
        else if (seconds > MaxSeconds)
            findings.Invalid("spec.expirationSeconds", seconds, "may not specify a duration larger than 2^32 seconds");

        if (findings.Errors.Count > 0)
            throw ApiException.Invalid("authentication.k8s.io", "TokenRequest", "", findings);
    }

    private async Task BindAsync(JsonObject bound, ServiceAccount account, BoundObjectReference reference, CancellationToken ct)
    {
        var key = new ObjectKey(account.Metadata.Namespace, reference.Name);
        ObjectMeta? found;
        switch (reference.Kind)
        {
            case "Pod":
                var pod = await objects.FindAsync<Pod>(key, ct);
                if (pod is not null && pod.Spec.ServiceAccountName != account.Metadata.Name)
                    throw ApiException.BadRequest($"cannot bind token for serviceaccount \"{account.Metadata.Name}\" to pod running with different serviceaccount name.");

                found = pod?.Metadata;
                if (pod is { Spec.NodeName.Length: > 0 } && await objects.FindAsync<Node>(new("", pod.Spec.NodeName), ct) is { } node)
                    bound["node"] = Reference(node.Metadata);
                break;
            case "Secret":
                found = (await objects.FindAsync<Secret>(key, ct))?.Metadata;
                break;
            default:
                throw ApiException.BadRequest($"cannot bind token to object of type {reference.ApiVersion}, Kind={reference.Kind}");
        }

        var plural = reference.Kind == "Pod" ? "pods" : "secrets";
        if (found is null)
            throw ApiException.NotFound("", plural, reference.Name);
        if (reference.Uid.Length > 0 && reference.Uid != found.Uid)
            throw ApiException.Conflict("", plural, reference.Name,
                $"the UID in the bound object reference ({reference.Uid}) does not match the UID in record. The object might have been deleted and then recreated");

        bound[reference.Kind == "Pod" ? "pod" : "secret"] = Reference(found);
    }

    private async Task<Identity?> FindUserAsync(JsonObject bound, JsonObject claims, CancellationToken ct)
    {
        var ns = Text(bound, "namespace");
        if (bound["serviceaccount"] is not JsonObject account
            || await objects.FindAsync<ServiceAccount>(new(ns, Text(account, "name")), ct) is not { } found
            || !IsAlive(found.Metadata, account))
            return null;

        var extra = new Dictionary<string, IReadOnlyList<string>> { ["authentication.kubernetes.io/credential-id"] = [$"JTI={Text(claims, "jti")}"] };
        if (bound["pod"] is JsonObject pod)
        {
            if (await objects.FindAsync<Pod>(new(ns, Text(pod, "name")), ct) is not { } living || !IsAlive(living.Metadata, pod))
                return null;

            extra["authentication.kubernetes.io/pod-name"] = [Text(pod, "name")];
            extra["authentication.kubernetes.io/pod-uid"] = [Text(pod, "uid")];
        }

        if (bound["secret"] is JsonObject secret
            && (await objects.FindAsync<Secret>(new(ns, Text(secret, "name")), ct) is not { } kept || !IsAlive(kept.Metadata, secret)))
            return null;

        if (bound["node"] is JsonObject node)
        {
            extra["authentication.kubernetes.io/node-name"] = [Text(node, "name")];
            extra["authentication.kubernetes.io/node-uid"] = [Text(node, "uid")];
        }

        return Identities.ServiceAccount(ns, found.Metadata.Name) with { Uid = found.Metadata.Uid, Extra = extra };
    }

    /// <summary>An object that has been deleted for over a minute no longer lends its token, though finalizers may keep it.</summary>
    private bool IsAlive(ObjectMeta metadata, JsonObject reference) =>
        metadata.Uid == Text(reference, "uid")
        && !(metadata.DeletionTimestamp is { } gone && gone + Leeway < clock.GetUtcNow());

    private bool IsCurrent(JsonObject claims)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        return Number(claims, "exp") > now && Number(claims, "nbf") <= now + (long)Leeway.TotalSeconds;
    }

    private static JsonObject Reference(ObjectMeta metadata) => new() { ["name"] = metadata.Name, ["uid"] = metadata.Uid };

    private static string Text(JsonObject obj, string name) => obj[name] is JsonValue v && v.TryGetValue<string>(out var text) ? text : "";

    private static long Number(JsonObject obj, string name) =>
        obj[name] is JsonValue v && v.TryGetValue<double>(out var number) ? (long)number : 0;

    private static IEnumerable<string> Strings(JsonNode? node) => node switch
    {
        JsonArray array => array.Select(a => a?.ToString() ?? ""),
        JsonValue value => [value.ToString()],
        _ => [],
    };
}
