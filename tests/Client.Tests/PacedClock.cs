namespace KubeSharp.Client.Tests;

/// <summary>
/// One candidate's view of a shared fake clock: it knows whether the candidate sleeps, by the lengths that only sleeps have, so that a test
/// moves the clock only when everyone does; and it can be held, as a process is by SIGSTOP: time goes on, and it hears of nothing.
/// </summary>
internal sealed class PacedClock(TimeProvider shared, params TimeSpan[] sleeps) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Action> _held = [];
    private bool _isHeld;
    private int _asleep;

    /// <summary>It waits for time to pass and for nothing else.</summary>
    public bool IsAsleep => Volatile.Read(ref _asleep) > 0;

    /// <summary>How wrong its wall clock is.</summary>
    public TimeSpan Ahead { get; set; }

    public override long TimestampFrequency => shared.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => shared.GetUtcNow() + Ahead;

    public override long GetTimestamp() => shared.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        // On the thread pool, as real timers: what awaits one must not run on the thread that moves the clock.
        var isSleep = sleeps.Contains(dueTime);
        var timer = shared.CreateTimer(
            s => Call(() =>
            {
                if (isSleep)
                    Interlocked.Decrement(ref _asleep);
                ThreadPool.UnsafeQueueUserWorkItem(callback.Invoke, s, preferLocal: false);
            }),
            state,
            dueTime,
            period);
        if (isSleep)
            Interlocked.Increment(ref _asleep); // last: from now on the clock may be moved
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
