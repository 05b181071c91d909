using System.Threading.Channels;
using KubeSharp.ApiServer.Metrics;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Audit.Backends;

/// <summary>Holds events until there are enough or they have waited long enough (mode <c>batch</c>). Requests never wait for it.</summary>
/// <param name="inner">Gets the batches.</param>
/// <param name="target">What <paramref name="inner"/> is, for messages.</param>
/// <param name="sendsAtOnce">Batches on their way; with one they go in order.</param>
internal sealed partial class BufferedBackend(
    IAuditBackend inner, AuditDelivery options, string target, int sendsAtOnce, TimeProvider clock, ILogger<BufferedBackend> log) : IAuditBackend
{
    /// <summary>Upstream has no limit; but a server that hangs must not gather batches without end.</summary>
    public const int MostAtOnce = 15;

    private const string Name = "buffered";

    // A full buffer refuses: TryWrite tells, and what is refused is counted as lost.
    private readonly Channel<AuditEntry> _buffer = Channel.CreateBounded<AuditEntry>(new BoundedChannelOptions(options.BufferSize) { SingleReader = true });
    private readonly Throttle? _throttle = options.Throttles ? new(options.BatchesPerSecond, options.Burst, clock) : null;
    private readonly Outage _outage = new();

    public ValueTask<bool> TakeAsync(IReadOnlyList<AuditEntry> events, CancellationToken stopping)
    {
        for (var i = 0; i < events.Count; i++)
        {
            if (_buffer.Writer.TryWrite(events[i]))
                continue;

            AuditMetrics.Failed(Name, events.Count - i);
            if (_outage.Fails(events.Count - i) && !_buffer.Reader.Completion.IsCompleted)
                Full(options.BufferSize, target);
            return new(true);
        }

        if (_outage.Ends() is { } lost)
            FitsAgain(target, lost);
        return new(true);
    }

    public Task RunAsync(CancellationToken ct) => Task.WhenAll(SendAllAsync(ct), inner.RunAsync(ct));

    private async Task SendAllAsync(CancellationToken ct)
    {
        var underWay = new HashSet<Task>();
        var isClosed = false;
        while (true)
        {
            var batch = await CollectAsync(ct);
            if (batch.Count > 0)
            {
                await WaitForTurnAsync(underWay, ct);
                underWay.Add(inner.TakeAsync(batch, ct).AsTask());
                if (sendsAtOnce == 1)
                    await Task.WhenAll(underWay); // in order
            }

            underWay.RemoveWhere(static t => t.IsCompleted);
            if (!ct.IsCancellationRequested)
                continue;

            if (isClosed && batch.Count == 0)
                break;

            // What comes from now on is lost; what is here is sent on.
            isClosed = true;
            _buffer.Writer.TryComplete();
        }

        await Task.WhenAll(underWay);
    }

    /// <returns>Nothing, if it ended before there was something.</returns>
    private async Task<List<AuditEntry>> CollectAsync(CancellationToken ct)
    {
        var batch = new List<AuditEntry>();
        CancellationTokenSource? wait = null;
        CancellationTokenSource? either = null;
        try
        {
            while (batch.Count < options.MaxBatch)
            {
                if (_buffer.Reader.TryRead(out var e))
                {
                    batch.Add(e);
                    if (wait is null && options.MaxBatch > 1)
                    {
                        wait = new(options.MaxWait, clock);
                        either = CancellationTokenSource.CreateLinkedTokenSource(ct, wait.Token);
                    }
                }
                else if (ct.IsCancellationRequested || !await _buffer.Reader.WaitToReadAsync(either?.Token ?? ct))
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over, or the server stops: what is there goes.
        }
        finally
        {
            either?.Dispose();
            wait?.Dispose();
        }

        return batch;
    }

    private async Task WaitForTurnAsync(HashSet<Task> underWay, CancellationToken ct)
    {
        if (_throttle is not null)
            await _throttle.WaitAsync(ct);
        while (underWay.Count >= sendsAtOnce)
            underWay.Remove(await Task.WhenAny(underWay));
    }

    [LoggerMessage(1, LogLevel.Error, "The audit's buffer of {Size} events for the {Target} is full; events are lost until there is room")]
    private partial void Full(int size, string target);

    [LoggerMessage(2, LogLevel.Warning, "The audit's buffer for the {Target} has room again; {Lost} events are lost")]
    private partial void FitsAgain(string target, long lost);
}
