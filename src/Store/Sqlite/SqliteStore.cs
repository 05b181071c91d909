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

    private readonly string _path;
    private readonly FileStream _lock;
    private readonly LogWriter _log;
    private readonly WatchHub _hub;
    private readonly WriteLoop _writes;
    private readonly Retention _retention;
    private readonly StoreMetrics _metrics;
    private readonly Task _writing;

    // Holds the idle readers, never more than were put in at the start.
    private readonly Channel<StoreReader> _readers;

    private SqliteStore(SqliteStoreOptions options, TimeProvider clock, ILogger log, FileStream fileLock, Database database)
    {
        (_path, _lock) = (options.Path, fileLock);
        _log = new(database, clock, options.AtPoint);
        _hub = new(_log.Revision, options.WatchBuffer);
        _readers = Channel.CreateBounded<StoreReader>(options.Readers);
        for (var i = 0; i < options.Readers; i++)
            _readers.Writer.TryWrite(new(options.Path));

        _writes = new(_log, _hub, l => _retention?.Committed(l.CommittedHistoryBytes), options.AtPoint, log);
        _retention = new(_writes, options, clock) { RecentRevision = _log.Compaction.RecentAt(clock.GetUtcNow() - options.Recent) };
        _metrics = new(() => _log.CommittedHistoryBytes);
        _writing = Task.Run(_writes.RunAsync);
    }

    public long Revision => _hub.Revision;

    public long? SizeInBytes => new FileInfo(_path).Length;

    public long RecentRevision => _retention.RecentRevision;

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

    public ValueTask<Entry?> FindAtAsync(string key, long revision, CancellationToken ct) => ReadAsync(reader => reader.Versions.FindAt(key, revision), ct);

    public ValueTask<VersionPage> VersionsAsync(VersionQuery query, CancellationToken ct) => ReadAsync(reader => reader.Versions.Versions(query), ct);

    public ValueTask<VersionPage> DeletedAsync(DeletedQuery query, CancellationToken ct) => ReadAsync(reader => reader.Versions.Deleted(query), ct);

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

    public async ValueTask CompactAsync(long revision, CancellationToken ct) => await _retention.CompactAsync(revision, ct);

    /// <summary>Keeps the history to its time and size (<see cref="SqliteStoreOptions"/>), until cancelled.</summary>
    public Task RunAsync(CancellationToken ct) => _retention.RunAsync(ct);

    /// <summary>Waits for the writes that are queued, ends the watches, and lets go of the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _writes.Close();
        await _writing;
        _metrics.Dispose();
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
