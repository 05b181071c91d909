using System.Threading.Channels;

namespace KubeSharp.Store;

/// <summary>Shortens the history of a store to its time and its size.</summary>
/// <remarks>
/// Age is told by the wall clock, as it was noted with the revisions: it counts on over restarts. A clock that is set forward takes history
/// away sooner, one that is set back keeps it longer; what is present is never touched.
/// </remarks>
internal sealed class Retention(WriteLoop writes, SqliteStoreOptions options, TimeProvider clock)
{
    /// <summary>How often is looked for what is too old, within the time of what is recent.</summary>
    private const int StepsPerRecent = 5;

    // One wake-up is as good as many.
    private readonly Channel<bool> _full = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private long _recent;

    /// <summary>The last revision of the time before what is recent.</summary>
    public long RecentRevision
    {
        get => Volatile.Read(ref _recent);
        set => Volatile.Write(ref _recent, value);
    }

    private TimeSpan History => options.History > options.Recent ? options.History : options.Recent;

    /// <summary>Told the size of the history after each commit.</summary>
    public void Committed(long bytes)
    {
        if (bytes > options.HistoryBytes)
            _full.Writer.TryWrite(true);
    }

    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(options.Recent / StepsPerRecent, clock);
        var (tick, full) = (timer.WaitForNextTickAsync(ct).AsTask(), _full.Reader.WaitToReadAsync(ct).AsTask());
        while (true)
        {
            var isShort = false;
            try
            {
                isShort = await ShortenAsync(ct);
            }
            catch (StoreException)
            {
                // The writer loop has logged it. The next step tries again, with what is then old enough.
            }

            // While all that is too much is recent, being told so again helps nobody.
            await await Task.WhenAny(isShort ? [tick, full] : [tick]);
            if (tick.IsCompleted)
                tick = timer.WaitForNextTickAsync(ct).AsTask();
            if (full.IsCompleted && _full.Reader.TryRead(out _))
                full = _full.Reader.WaitToReadAsync(ct).AsTask();
        }
    }

    /// <summary>Forgets the history before a revision and deletes it.</summary>
    public async Task CompactAsync(long revision, CancellationToken ct)
    {
        await StepAsync(c =>
        {
            c.Forget(revision);
            return false;
        }, ct);
        await SweepAsync(ct);
        while (await StepAsync(c => c.Shrink(), ct))
        {
        }
    }

    /// <returns>Whether it is now as short as it should be.</returns>
    private async Task<bool> ShortenAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var recent = await writes.WriteAsync(log => log.Compaction.RecentAt(now - options.Recent), ct);
        RecentRevision = Math.Max(RecentRevision, recent ?? 0);

        var oldest = await writes.WriteAsync(log =>
        {
            log.Compaction.Note();
            return log.Compaction.RevisionAt(now - History);
        }, ct);
        await CompactAsync(oldest ?? 0, ct);

        // Somewhat shorter than it must be, so that it is not at its end again at once.
        var isFull = await StepAsync(c => c.IsLongerThan(options.HistoryBytes), ct);
        while (isFull && await StepAsync(c => c.Trim(options.HistoryBytes - (options.HistoryBytes / 16), RecentRevision), ct))
            await SweepAsync(ct);

        while (isFull && await StepAsync(c => c.Shrink(), ct))
        {
        }

        return !isFull || !await StepAsync(c => c.IsLongerThan(options.HistoryBytes), ct);
    }

    private async Task SweepAsync(CancellationToken ct)
    {
        while (await StepAsync(c => c.Sweep(), ct))
        {
        }
    }

    /// <summary>Each step queues like any other write: between two of them writers have their turn.</summary>
    private async Task<bool> StepAsync(Func<Compaction, bool> step, CancellationToken ct) =>
        await writes.WriteAsync(log => step(log.Compaction) ? 1 : null, ct) is not null;
}
