using KubeSharp.ApiServer.Audit;
using KubeSharp.ApiServer.Audit.Backends;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.ApiServer.Tests.Audit;

/// <summary>Events sent to a real server, which is not always well.</summary>
public sealed class WebhookTests
{
    private readonly FakeTimeProvider _clock = new(Events.Time);
    private readonly Pauses _pauses = new();

    [Fact]
    public async Task A_batch_is_an_event_list()
    {
        await using var receiver = await Receiver.StartAsync(_ => Task.CompletedTask);
        Assert.True(await Webhook(receiver.Address).TakeAsync([Events.Of("1"), Events.Of("2")], TestServer.Ct));

        var list = await receiver.Got.Reader.ReadAsync(TestServer.Ct);
        Assert.Equal(("EventList", "audit.k8s.io/v1", "{}", 2), ((string?)list["kind"], (string?)list["apiVersion"], list["metadata"]!.ToJsonString(), list["items"]!.AsArray().Count));
        Assert.Equal(("2", null), ((string?)list["items"]![1]!["auditID"], list["items"]![1]!["kind"]));
    }

    [Fact]
    public async Task What_fails_is_tried_again_with_growing_pauses_and_then_lost()
    {
        await using var receiver = await Receiver.StartAsync(c => Task.FromResult(c.Response.StatusCode = 500));
        Assert.False(await Webhook(receiver.Address).TakeAsync([Events.Of("1")], TestServer.Ct));

        Assert.Equal(5, receiver.Got.Reader.Count);
        Assert.Collection(_pauses.Taken, p => Assert.InRange(p, 10, 12), p => Assert.InRange(p, 15, 18), p => Assert.InRange(p, 22.5, 27), p => Assert.InRange(p, 33.75, 40.5));
    }

    [Fact]
    public async Task A_server_that_hangs_costs_its_time_and_a_dead_one_none()
    {
        var hangs = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync(_ => hangs.Task);
        using var stop = new CancellationTokenSource();
        var taken = Webhook(receiver.Address).TakeAsync([Events.Of("1")], stop.Token).AsTask();
        await receiver.Got.Reader.ReadAsync(TestServer.Ct);
        await stop.CancelAsync(); // the server stops: the try under way gets a little time, and there is no other

        Assert.False(await taken);
        hangs.SetResult();

        Assert.False(await Webhook(new("http://127.0.0.1:1/")).TakeAsync([Events.Of("1")], new(canceled: true)));
    }

    [Fact]
    public async Task A_buffer_sends_what_is_full_or_old_enough_and_at_the_end_the_rest()
    {
        var recorder = new Batches();
        var buffer = Buffer(recorder, new() { MaxBatch = 2, Throttles = false });
        using var stop = new CancellationTokenSource();
        var running = buffer.RunAsync(stop.Token);

        await buffer.TakeAsync([Events.Of("1"), Events.Of("2"), Events.Of("3")], TestServer.Ct);
        Assert.Equal(["1", "2"], await recorder.NextAsync());
        await AdvanceUntilAsync(TimeSpan.FromSeconds(30), () => recorder.Count > 0);
        Assert.Equal(["3"], await recorder.NextAsync());
        await buffer.TakeAsync([Events.Of("4")], TestServer.Ct);
        await stop.CancelAsync();
        await running;
        Assert.Equal(["4"], await recorder.NextAsync());
    }

    [Fact]
    public async Task A_full_buffer_loses_events_and_no_request_waits()
    {
        var recorder = new Batches();
        var buffer = Buffer(recorder, new() { BufferSize = 2, Throttles = false });
        for (var i = 0; i < 5; i++)
            Assert.True(await buffer.TakeAsync([Events.Of($"{i}")], TestServer.Ct));

        await buffer.RunAsync(new(canceled: true));
        Assert.Equal(["0", "1"], await recorder.NextAsync());
        Assert.Equal(0, recorder.Count);
    }

    [Fact]
    public async Task What_is_too_large_loses_its_objects_and_batches_are_split()
    {
        var recorder = new Batches();
        var size = Events.Of("1").Json.Length;
        var limits = new AuditDelivery { MaxEventBytes = size + 100, MaxBatchBytes = (2 * size) + 150 };
        await new TruncatingBackend(recorder, limits, NullLogger<TruncatingBackend>.Instance).TakeAsync([Events.Of("1"), Events.Of("2", 5000), Events.Of("3")], TestServer.Ct);

        Assert.Equal(["1", "2 truncated"], await recorder.NextAsync());
        Assert.Equal(["3"], await recorder.NextAsync());
    }

    private WebhookBackend Webhook(Uri address) => new(address, new HttpClient(), TimeSpan.FromSeconds(10), _pauses, new Random(1), NullLogger<WebhookBackend>.Instance);

    private BufferedBackend Buffer(IAuditBackend inner, AuditDelivery options) => new(inner, options, "webhook", 15, _clock, NullLogger<BufferedBackend>.Instance);

    /// <summary>Lets time go by for as long as it takes somebody else's thread to notice.</summary>
    private async Task AdvanceUntilAsync(TimeSpan step, Func<bool> isSo)
    {
        while (!isSo())
        {
            TestServer.Ct.ThrowIfCancellationRequested();
            _clock.Advance(step);
            await Task.Yield();
        }
    }

    private sealed class Batches : IAuditBackend
    {
        private readonly System.Threading.Channels.Channel<List<string>> _batches = System.Threading.Channels.Channel.CreateBounded<List<string>>(100);

        public int Count => _batches.Reader.Count;

        public async Task<List<string>> NextAsync() => await _batches.Reader.ReadAsync(TestServer.Ct);

        public ValueTask<bool> TakeAsync(IReadOnlyList<AuditEntry> events, CancellationToken stopping) =>
            new(_batches.Writer.TryWrite([.. events.Select(e => e.Event.AuditId + (e.Event.Annotations.ContainsKey("audit.k8s.io/truncated") ? " truncated" : ""))]));

        public Task RunAsync(CancellationToken ct) => Task.CompletedTask;
    }

    /// <summary>Every pause is over at once, and noted in seconds; only the half minute that a try may last does not pass.</summary>
    private sealed class Pauses : TimeProvider
    {
        public List<double> Taken { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new Timer(() => callback(state));
            if (dueTime != TimeSpan.FromSeconds(30))
            {
                Taken.Add(dueTime.TotalSeconds);
                timer.Change(dueTime, period);
            }

            return timer;
        }

        private sealed class Timer(Action fire) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => dueTime != Timeout.InfiniteTimeSpan && ThreadPool.QueueUserWorkItem(_ => fire());

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
