using System.Collections.Concurrent;

namespace KubeSharp.Kubelet.Images;

/// <summary>When a pod may try an image again after it failed: 10 s, then twice as long each time up to 300 s.</summary>
internal sealed class PullBackoff(TimeProvider clock)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(300);

    private readonly ConcurrentDictionary<(string PodUid, string Image), Failure> _failures = new();

    /// <summary>Why the last attempt failed, while it is too early for the next one; else <see langword="null"/>.</summary>
    public string? Waiting(string podUid, string image) =>
        _failures.TryGetValue((podUid, image), out var failure) && clock.GetElapsedTime(failure.At) < failure.Wait ? failure.Why : null;

    public void Failed(string podUid, string image, string why)
    {
        var now = clock.GetTimestamp();
        foreach (var (key, old) in _failures)
        {
            if (clock.GetElapsedTime(old.At, now) > Longest * 2)
                _failures.TryRemove(key, out _);
        }

        _failures.AddOrUpdate(
            (podUid, image),
            _ => new(now, First, why),
            (_, last) => new(now, last.Wait * 2 > Longest ? Longest : last.Wait * 2, why));
    }

    public void Succeeded(string podUid, string image) => _failures.TryRemove((podUid, image), out _);

    private sealed record Failure(long At, TimeSpan Wait, string Why);
}
