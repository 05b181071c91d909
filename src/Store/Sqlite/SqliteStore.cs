using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Store;

/// <summary>The default store: one SQLite file, durable, with history. See <see cref="StoreFile"/> for what is in it.</summary>
/// <remarks>
/// Reads run on the caller's thread: they do not wait for writers, and what they read is nearly always in memory.
/// </remarks>
public sealed class SqliteStore : IStore
{
    private const int PageSize = 500;

    private readonly SqliteStoreOptions _options;
    private readonly TimeProvider _clock;
    private readonly FileStream _lock;
    private readonly LogWriter _log;
    private readonly WatchHub _hub;
    private readonly WriteLoop _writes;
    private readonly Task _writing;

    // Holds the idle readers, never more than were put in at the start.
    private readonly Channel<StoreReader> _readers;

    private SqliteStore(SqliteStoreOptions options, TimeProvider clock, ILogger log, FileStream fileLock, Database database)
    {
        (_options, _clock, _lock) = (options, clock, fileLock);
        _log = new(database, options.AtPoint);
        _hub = new(_log.Revision, options.WatchBuffer);
        _readers = Channel.CreateBounded<StoreReader>(options.Readers);
        for (var i = 0; i < options.Readers; i++)
            _readers.Writer.TryWrite(new(options.Path));

        _writes = new(_log, _hub, options.AtPoint, log);
        _writing = Task.Run(_writes.RunAsync);
    }

    public long Revision => _hub.Revision;

    public long? SizeInBytes => new FileInfo(_options.Path).Length;

    /// <summary>Opens the file, made if absent, and checks it.</summary>
    /// <exception cref="StoreException">The file is damaged, of another program or version, in use, or cannot be written.</exception>
    public static Task<SqliteStore> OpenAsync(SqliteStoreOptions options, TimeProvider clock, ILogger log) => Task.Run(() =>
    {
        var fileLock = StoreFile.Lock(options.Path);
        try
        {
            return new SqliteStore(options, clock, log, fileLock, StoreFile.Open(options));
        }
        catch
        {
            fileLock.Dispose();
            throw;
        }
    });

    public ValueTask<Entry?> FindAsync(string key, CancellationToken ct) => ReadAsync(reader => reader.Find(key), ct);

    public ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken ct) => ReadAsync(reader => reader.Range(query), ct);

    public async ValueTask<long?> TryPutAsync(string key, ReadOnlyMemory<byte> value, long expected, CancellationToken ct)
    {
        ReadOnlyMemory<byte> copy = value.ToArray(); // watches keep it; the caller may use its buffer again
        return await _writes.WriteAsync(log => log.Put(key, copy, expected), ct);
    }

    public async ValueTask<long?> TryDeleteAsync(string key, long expected, CancellationToken ct) =>
        await _writes.WriteAsync(log => log.Delete(key, expected), ct);

    public IAsyncEnumerable<Change> WatchAsync(string prefix, long after, CancellationToken ct) => _hub.WatchAsync(
        prefix, after, (p, revision, token) => ReadAsync(reader => reader.History(p, revision, PageSize), token), ct);

    public async ValueTask CompactAsync(long revision, CancellationToken ct)
    {
        await StepAsync(log =>
        {
            log.Forget(revision);
            return false;
        });

        // Each step queues like any other write: between two of them writers have their turn.
        while (await StepAsync(log => log.Sweep()))
        {
        }

        while (await StepAsync(log => log.Shrink()))
        {
        }

        async Task<bool> StepAsync(Func<LogWriter, bool> step) => await _writes.WriteAsync(log => step(log) ? 1 : null, ct) is not null;
    }

    /// <summary>Compacts what is older than <see cref="SqliteStoreOptions.History"/>, until cancelled.</summary>
    public Task RunAsync(CancellationToken ct) => new Retention(this, _options.History, _clock).RunAsync(ct);

    /// <summary>Waits for the writes that are queued, ends the watches, and lets go of the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _writes.Close();
        await _writing;
        _hub.Close(new StoreException("The store is closed."));
        if (!_readers.Writer.TryComplete())
            return;

        await foreach (var reader in _readers.Reader.ReadAllAsync())
            reader.Dispose();

        _log.Dispose();
        await _lock.DisposeAsync();
    }

    private async ValueTask<T> ReadAsync<T>(Func<StoreReader, T> read, CancellationToken ct)
    {
        StoreReader reader;
        try
        {
            reader = await _readers.Reader.ReadAsync(ct);
        }
        catch (ChannelClosedException e)
        {
            throw new StoreException("The store is closed.", e);
        }

        try
        {
            return read(reader);
        }
        finally
        {
            if (!_readers.Writer.TryWrite(reader))
                reader.Dispose();
        }
    }
}
