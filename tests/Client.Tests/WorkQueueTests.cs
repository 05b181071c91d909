using KubeSharp.Client.Loops;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.Client.Tests;

public sealed class WorkQueueTests : IDisposable
{
    private static readonly ObjectKey A = new("ns", "a");
    private static readonly ObjectKey B = new("ns", "b");

    private readonly FakeTimeProvider _clock = new();
    private readonly WorkQueue _queue;

    public WorkQueueTests() => _queue = new(_clock, new Random(1));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _queue.Dispose();

    [Fact]
    public async Task A_key_added_twice_waits_once()
    {
        _queue.Add(A);
        _queue.Add(B);
        _queue.Add(A);

        Assert.Equal(A, await _queue.TakeAsync(Token));
        Assert.Equal(B, await _queue.TakeAsync(Token));
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public async Task A_key_added_while_it_is_worked_on_comes_again_afterwards_and_not_before()
    {
        _queue.Add(A);
        await _queue.TakeAsync(Token);

        _queue.Add(A);
        Assert.Equal(0, _queue.Count);
        _queue.Done(A);

        Assert.Equal(A, await _queue.TakeAsync(Token));
    }

    [Fact]
    public void The_earliest_of_several_delays_counts_and_only_once()
    {
        _queue.AddAfter(A, TimeSpan.FromSeconds(10));
        _queue.AddAfter(A, TimeSpan.FromSeconds(2));
        _queue.AddAfter(A, TimeSpan.FromSeconds(30));

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, _queue.Count);
        _clock.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal(1, _queue.Count);

        Take();
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public void Failures_double_the_wait_up_to_a_quarter_of_an_hour_until_forgotten()
    {
        Assert.Equal([5, 10, 20, 40], Enumerable.Range(0, 4).Select(_ => FailAndWait()));
        for (var i = 0; i < 20; i++)
            FailAndWait();
        Assert.Equal(1_000_000, FailAndWait(), tolerance: 1.0);

        _queue.Forget(A);

        Assert.Equal(5, FailAndWait());

        double FailAndWait()
        {
            var failures = _queue.AddFailed(A);
            var wait = WorkQueue.DefaultBackoff.After(failures, new Random(1));
            _clock.Advance(wait - TimeSpan.FromMilliseconds(1));
            Assert.Equal(0, _queue.Count);
            _clock.Advance(TimeSpan.FromMilliseconds(2));
            Assert.Equal(1, _queue.Count);
            Take();
            return wait.TotalMilliseconds;
        }
    }

    private void Take()
    {
        var taken = _queue.TakeAsync(Token).AsTask();
        Assert.True(taken.IsCompletedSuccessfully);
        _queue.Done(taken.GetAwaiter().GetResult());
    }
}
