using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Store;

/// <summary>The only writer: takes what has queued up, commits it as one transaction, and only then tells anyone.</summary>
/// <param name="committed">Told after each commit, in the loop.</param>
/// <param name="atPoint">Called at each of <see cref="CrashPoints"/> on the way of a group.</param>
internal sealed partial class WriteLoop(LogWriter log, WatchHub hub, Action<LogWriter> committed, Action<string> atPoint, ILogger logger)
{
    private const int MaxGroup = 512;

    // Bounded; writers wait while it is full, which is the back-pressure of a slow disk.
    private readonly Channel<WriteRequest> _queue = Channel.CreateBounded<WriteRequest>(
        new BoundedChannelOptions(4 * MaxGroup) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private bool _isFailing;

    public async Task<long?> WriteAsync(Func<LogWriter, long?> step, CancellationToken ct)
    {
        var request = new WriteRequest(step, ct);
        try
        {
            await _queue.Writer.WriteAsync(request, ct);
        }
        catch (ChannelClosedException e)
        {
            throw new StoreException("The store is closed.", e);
        }

        return await request.Done;
    }

    /// <summary>Runs until <see cref="Close"/>, and to the end of what is queued then.</summary>
    public async Task RunAsync()
    {
        var group = new List<WriteRequest>(MaxGroup);
        try
        {
            while (await _queue.Reader.WaitToReadAsync())
            {
                group.Clear();
                while (group.Count < MaxGroup && _queue.Reader.TryRead(out var request))
                {
                    if (request.TryStart())
                        group.Add(request);
                }

                CommitGroup(group);
            }
        }
        catch (Exception e)
        {
            LogStopped(logger, e);
            throw;
        }
        finally
        {
            // Without the loop nobody would answer: after a bug here writers must not wait for ever.
            Close();
            foreach (var request in group)
                request.Fail(new StoreException("The store is closed."));
            while (_queue.Reader.TryRead(out var request))
                request.Fail(new StoreException("The store is closed."));
        }
    }

    public void Close() => _queue.Writer.TryComplete();

    private void CommitGroup(List<WriteRequest> group)
    {
        if (TryCommit(group) is not { } failure)
            return;

        // One write may be to blame (too large, or the one too many for the disk): each gets its own verdict.
        if (group.Count > 1)
        {
            foreach (var request in group)
            {
                if (TryCommit([request]) is { } own)
                    request.Fail(own);
            }
        }
        else
        {
            group[0].Fail(failure);
        }
    }

    /// <returns>Why nothing was written; <see langword="null"/>: all is durable, published and acknowledged.</returns>
    private StoreException? TryCommit(IReadOnlyList<WriteRequest> group)
    {
        try
        {
            log.Begin();
            foreach (var request in group)
                request.Apply(log);

            atPoint(CrashPoints.Applied);
            var changes = log.Commit();
            atPoint(CrashPoints.Committed);
            hub.Publish(changes);
            atPoint(CrashPoints.Published);
        }
        catch (StoreException e)
        {
            log.Rollback();
            if (!_isFailing)
                LogFailing(logger, e.Message);

            _isFailing = true;
            return e;
        }

        if (_isFailing)
            LogRecovered(logger);

        _isFailing = false;
        committed(log);
        foreach (var request in group)
            request.Acknowledge();

        return null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Cannot write: {Reason}")]
    private static partial void LogFailing(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The writer stopped by a bug; nothing can be written until a restart")]
    private static partial void LogStopped(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Writes succeed again")]
    private static partial void LogRecovered(ILogger logger);
}
