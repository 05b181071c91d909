namespace KubeSharp.Client.Tests;

/// <summary>
/// One candidate's view of a shared fake clock: it notes when the candidate lies down to sleep for a period, so that a test moves the
/// clock only when everyone sleeps; and it can be held, as a process is by SIGSTOP: time goes on, and it hears of nothing.
/// </summary>
internal sealed class PacedClock(TimeProvider shared, TimeSpan period) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Action> _held = [];
    private bool _isHeld;
    private int _sleeps;

    /// <summary>How often it has gone to sleep.</summary>
    public int Sleeps => Volatile.Read(ref _sleeps);

    /// <summary>How wrong its wall clock is.</summary>
    public TimeSpan Ahead { get; set; }

    public override long TimestampFrequency => shared.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => shared.GetUtcNow() + Ahead;

    public override long GetTimestamp() => shared.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period1)
    {
        // On the thread pool, as real timers: what awaits one must not run on the thread that moves the clock.
        var timer = shared.CreateTimer(s => Call(() => ThreadPool.UnsafeQueueUserWorkItem(callback.Invoke, s, preferLocal: false)), state, dueTime, period1);
        if (dueTime == period)
            Interlocked.Increment(ref _sleeps);
        return timer;
    }

    public void Hold()
    {
        lock (_gate)
            _isHeld = true;
    }

    public void Release()
    {
        List<Action> missed;
        lock (_gate)
        {
            _isHeld = false;
            missed = [.. _held];
            _held.Clear();
        }

        missed.ForEach(m => m());
    }

    private void Call(Action callback)
    {
        lock (_gate)
        {
            if (_isHeld)
            {
                _held.Add(callback);
                return;
            }
        }

        callback();
    }
}
