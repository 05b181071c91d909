using System.Collections.Concurrent;
using KubeSharp.Client;
using KubeSharp.Objects.AuthenticationV1;

namespace KubeSharp.Kubelet.Volumes;

/// <summary>Tokens of pods' service accounts, bound to the pod and renewed before they run out.</summary>
internal sealed class PodTokens(IClient client, TimeProvider clock, Random random)
{
    private static readonly TimeSpan LongestUse = TimeSpan.FromHours(24);
    private static readonly TimeSpan CheckPeriod = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string PodUid, string Audience, long Seconds), Held> _tokens = new();

    /// <summary>A pod's token wants renewing; the argument is the pod's UID.</summary>
    public event Action<string>? Due;

    /// <summary>The pod's current token; a new one when four fifths of its life, or a day, are over.</summary>
    /// <exception cref="ApiException">The API server gives none; one that is still good is used on.</exception>
    public async Task<string> GetAsync(Pod pod, string audience, long seconds, CancellationToken ct)
    {
        var key = (pod.Metadata.Uid, audience, seconds);
        var now = clock.GetUtcNow();
        if (_tokens.TryGetValue(key, out var held) && now < held.RenewAt)
            return held.Token;

        try
        {
            var answer = await client.PostAsync<ServiceAccount, TokenRequest, TokenRequest>(
                new(pod.Metadata.Namespace, pod.Spec.ServiceAccountName), "token", Request(pod, audience, seconds), ct);
            var expires = answer.Status.ExpirationTimestamp ?? now.AddSeconds(seconds);
            var use = (expires - now) * 0.8 < LongestUse ? (expires - now) * 0.8 : LongestUse;

            // Pods that started together do not all ask again together.
            held = new(answer.Status.Token, now + use - TimeSpan.FromSeconds(10 * random.NextDouble()), expires);
            _tokens[key] = held;
            return held.Token;
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException && held is not null && now < held.Expires)
        {
            return held.Token;
        }
    }

    public void Release(string podUid)
    {
        foreach (var key in _tokens.Keys.Where(k => k.PodUid == podUid))
            _tokens.TryRemove(key, out _);
    }

    /// <summary>Says once a minute whose tokens are due.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(CheckPeriod, clock);
        while (await timer.WaitForNextTickAsync(ct))
        {
            foreach (var pod in _tokens.Where(t => t.Value.RenewAt <= clock.GetUtcNow()).Select(t => t.Key.PodUid).Distinct())
                Due?.Invoke(pod);
        }
    }

    private static TokenRequest Request(Pod pod, string audience, long seconds) => new()
    {
        Spec = new()
        {
            Audiences = audience.Length == 0 ? [] : [audience],
            ExpirationSeconds = seconds,
            BoundObjectRef = new() { ApiVersion = "v1", Kind = "Pod", Name = pod.Metadata.Name, Uid = pod.Metadata.Uid },
        },
    };

    private sealed record Held(string Token, DateTimeOffset RenewAt, DateTimeOffset Expires);
}
