using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Tests.Fakes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Seen = KubeSharp.Kubelet.Cri.ContainerEvents.Seen;

namespace KubeSharp.Kubelet.Tests.Cri;

public sealed class ContainerEventsTests
{
    private const ContainerState Created = ContainerState.ContainerCreated;
    private const ContainerState Running = ContainerState.ContainerRunning;
    private const ContainerState Exited = ContainerState.ContainerExited;

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void A_change_of_state_is_one_event()
    {
        Assert.Equal([], Diff([], [new("c", "u", Created)]));
        Assert.Equal([new(ContainerChange.Started, "u", "c")], Diff([], [new("c", "u", Running)]));
        Assert.Equal([new(ContainerChange.Started, "u", "c")], Diff([new("c", "u", Created)], [new("c", "u", Running)]));
        Assert.Equal([], Diff([new("c", "u", Running)], [new("c", "u", Running)]));
        Assert.Equal([new(ContainerChange.Died, "u", "c")], Diff([new("c", "u", Running)], [new("c", "u", Exited)]));
        Assert.Equal([new(ContainerChange.Removed, "u", "c")], Diff([new("c", "u", Exited)], []));
    }

    [Fact]
    public void A_running_container_that_vanishes_has_died_and_is_removed() =>
        Assert.Equal(
            [new(ContainerChange.Died, "u", "c"), new(ContainerChange.Removed, "u", "c")],
            Diff([new("c", "u", Running)], []));

    [Fact]
    public async Task What_changes_while_the_runtime_does_not_answer_is_reported_afterwards()
    {
        var ct = TestContext.Current.CancellationToken;
        var runtime = new FakeRuntime(_clock);
        await runtime.RunSandboxAsync(new() { Metadata = new() { Name = "p", Uid = "u" } }, "", ct);
        var log = new CountingLog();
        var events = new ContainerEvents(runtime, () => true, _clock, log).WatchAsync(ct).GetAsyncEnumerator(ct);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(ContainerChange.Started, events.Current.Change);

        const int Failures = 3;
        var failures = 0;
        var failed = new TaskCompletionSource();
        runtime.FailWhen = call =>
        {
            if (call != "ListSandboxes")
                return null;
            if (++failures == Failures)
                failed.TrySetResult();
            return new RuntimeException(RuntimeErrorKind.Unavailable, "connection refused");
        };
        var next = events.MoveNextAsync().AsTask();
        while (!failed.Task.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        runtime.FailWhen = _ => null;
        await runtime.StopSandboxAsync("sandbox-1", ct);

        while (!next.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.True(await next);
        Assert.Equal(new ContainerEvent(ContainerChange.Died, "u", "sandbox-1"), events.Current);
        Assert.Equal(1, log.Lines); // not one a second
    }

    [Fact]
    public async Task A_node_without_pods_asks_the_runtime_nothing()
    {
        var runtime = new FakeRuntime(_clock) { FailWhen = call => throw new InvalidOperationException(call) };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var events = new ContainerEvents(runtime, () => false, _clock, NullLogger<ContainerEvents>.Instance);
        var watching = events.WatchAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        var next = watching.MoveNextAsync().AsTask();

        var before = events.LastSuccess;
        _clock.Advance(TimeSpan.FromSeconds(5));
        while (events.LastSuccess == before)
            await Task.Yield();

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    private sealed class CountingLog : ILogger<ContainerEvents>
    {
        public int Lines { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines++;
    }

    private static IReadOnlyList<ContainerEvent> Diff(IReadOnlyList<Seen> before, IReadOnlyList<Seen> now) =>
        [.. ContainerEvents.Diff(before, now)];
}
