namespace KubeSharp.ApiServer.Audit.Backends;

/// <summary>So many a second on the average, and so many at once after a pause. One caller at a time.</summary>
internal sealed class Throttle(double perSecond, int burst, TimeProvider clock)
{
    private double _left = burst;
    private long _at = clock.GetTimestamp();

    /// <summary>Returns early, without an exception, when cancelled: at the end nothing is held back.</summary>
    public async Task WaitAsync(CancellationToken ct)
    {
        var now = clock.GetTimestamp();
        _left = Math.Min(burst, _left + (clock.GetElapsedTime(_at, now).TotalSeconds * perSecond));
        _at = now;
        _left--;
        if (_left >= 0)
            return;

        try
        {
            await Task.Delay(TimeSpan.FromSeconds(-_left / perSecond), clock, ct);
        }
        catch (OperationCanceledException)
        {
            // Nobody waits any more.
        }
    }
}
