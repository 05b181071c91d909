namespace KubeSharp.Kubelet.Runtime;

/// <summary>Growing waits between attempts: doubled each time up to a limit, and short again after a long good time.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan limit, TimeProvider clock)
{
    private TimeSpan _next;
    private long _last = clock.GetTimestamp();

    /// <summary>Waits as long as it is this attempt's turn to.</summary>
    public Task WaitAsync(CancellationToken ct)
    {
        if (_next == TimeSpan.Zero || clock.GetElapsedTime(_last) > limit * 2)
            _next = first;
        var wait = _next;
        _next = wait * 2 > limit ? limit : wait * 2;
        _last = clock.GetTimestamp();
        return Task.Delay(wait, clock, ct);
    }
}
