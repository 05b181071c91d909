using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeSharp.Client;
using KubeSharp.Objects.AuthenticationV1;
using KubeSharp.Objects.AuthorizationV1;

namespace KubeSharp.Kubelet.Server;

/// <summary>Who may use the kubelet's server: callers with a certificate of the cluster's CA or a token, if the API server allows them.</summary>
internal sealed class ServerAccess(IClient client, string nodeName, X509Certificate2Collection clientCa, TimeProvider clock)
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string CommonName = "2.5.4.3";
    private const string Organization = "2.5.4.10";

    /// <summary>Upstream's cache times for webhook answers.</summary>
    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan AllowedLife = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan DeniedLife = TimeSpan.FromSeconds(30);

    private readonly Answers<Caller?> _callers = new(clock);
    private readonly Answers<bool> _decisions = new(clock);

    /// <returns><see langword="null"/>: unknown; such a caller gets a 401.</returns>
    public async Task<Caller?> AuthenticateAsync(X509Certificate2? certificate, string authorization, CancellationToken ct)
    {
        if (certificate is not null && IsOurs(certificate))
            return Of(certificate);

        const string Bearer = "Bearer ";
        if (!authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return null;

        var token = authorization[Bearer.Length..].Trim();
        var key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        if (_callers.TryGet(key, out var known))
            return known;

        var review = await client.CreateAsync(new TokenReview { Spec = new() { Token = token } }, ct);
        var user = review.Status.User;
        var caller = review.Status.Authenticated ? new Caller(user.Username, user.Uid, user.Groups) : null;
        _callers.Put(key, caller, TokenLife);
        return caller;
    }

    /// <param name="subresource">Of the node: <c>proxy</c>, <c>stats</c>, <c>metrics</c>, <c>log</c>, <c>healthz</c>, <c>pods</c>.</param>
    public async Task<bool> IsAllowedAsync(Caller caller, string verb, string subresource, CancellationToken ct)
    {
        if (caller.IsTrusted || await ReviewAsync(caller, verb, subresource, ct))
            return true;

        // The finer subresources came later; whoever may use them all still may.
        return subresource is "healthz" or "pods" && await ReviewAsync(caller, verb, "proxy", ct);
    }

    private async Task<bool> ReviewAsync(Caller caller, string verb, string subresource, CancellationToken ct)
    {
        var key = $"{caller.Name}\n{caller.Uid}\n{string.Join(',', caller.Groups)}\n{verb}\n{subresource}";
        if (_decisions.TryGet(key, out var known))
            return known;

        var review = await client.CreateAsync(
            new SubjectAccessReview
            {
                Spec = new()
                {
                    User = caller.Name,
                    Uid = caller.Uid,
                    Groups = caller.Groups,
                    ResourceAttributes = new() { Verb = verb, Version = "v1", Resource = "nodes", Subresource = subresource, Name = nodeName },
                },
            },
            ct);
        _decisions.Put(key, review.Status.Allowed, review.Status.Allowed ? AllowedLife : DeniedLife);
        return review.Status.Allowed;
    }

    private bool IsOurs(X509Certificate2 certificate)
    {
        if (clientCa.Count == 0)
            return false;

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(clientCa);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new(ClientAuthentication));
        chain.ChainPolicy.VerificationTime = clock.GetUtcNow().UtcDateTime;
        return chain.Build(certificate);
    }

    private static Caller Of(X509Certificate2 certificate)
    {
        var parts = certificate.SubjectName.EnumerateRelativeDistinguishedNames().Where(p => !p.HasMultipleElements).ToList();
        return new(
            parts.Where(p => p.GetSingleElementType().Value == CommonName).Select(p => p.GetSingleElementValue()).FirstOrDefault() ?? "",
            "",
            [.. parts.Where(p => p.GetSingleElementType().Value == Organization).Select(p => p.GetSingleElementValue() ?? ""), "system:authenticated"]);
    }

    /// <summary>Answers that are good for a while.</summary>
    private sealed class Answers<T>(TimeProvider clock)
    {
        private const int Most = 1000;
        private readonly ConcurrentDictionary<string, (T Value, long Since, TimeSpan Life)> _answers = new();

        public bool TryGet(string key, out T value)
        {
            var isKnown = _answers.TryGetValue(key, out var answer) && clock.GetElapsedTime(answer.Since) < answer.Life;
            value = answer.Value;
            return isKnown;
        }

        public void Put(string key, T value, TimeSpan life)
        {
            // Anyone can make up tokens: rather forget all than grow.
            if (_answers.Count >= Most)
                _answers.Clear();
            _answers[key] = (value, clock.GetTimestamp(), life);
        }
    }
}
