using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.Controllers.Tests.Cluster;

/// <summary>
/// A clock that stands until it is moved, and in the rest is like the real one: timers call back on the thread pool, never on the thread
/// that moves the clock or sets a timer (which may hold a lock that the callback, or what awaits it, needs), and each reading of the
/// wall clock is a little later than the one before: events are named by their time. The wall clock can jump; timers and timestamps do not follow.
/// </summary>
internal sealed class TestClock() : FakeTimeProvider(new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero))
{
    private long _ahead;

    /// <summary>Sets the wall clock forward or back.</summary>
    public void Jump(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Add(ref _ahead, TimeSpan.TicksPerMicrosecond));

    public override long GetTimestamp() => base.GetUtcNow().Ticks; // the base would ask the wall clock

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(s => ThreadPool.UnsafeQueueUserWorkItem(callback.Invoke, s, preferLocal: false), state, dueTime, period);
}
