using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using KubeSharp.Store;

namespace KubeSharp.ApiServer.Encryption;

/// <summary>The store, with the values of some resources encrypted. Who uses it reads and writes them plain; revisions are the store's own.</summary>
internal sealed class EncryptedStore(IStore inner, Func<string, ITransformer?> transformers) : IStore
{
    private readonly ConcurrentDictionary<string, bool> _unreadable = new(StringComparer.Ordinal);

    public long Revision => inner.Revision;

    public long? SizeInBytes => inner.SizeInBytes;

    public long RecentRevision => inner.RecentRevision;

    /// <summary>
    /// The same for who fills caches: it passes a value that cannot be read as it is stored, which no decoder takes for an object, so that one lost
    /// key does not keep all the others from being served. <see cref="IsUnreadable"/> knows of it then.
    /// </summary>
    public IStore ForCaches => new Lenient(this);

    /// <summary>Whether a value at this key, or under this prefix, could not be read when the caches met it: the caches do not have it.</summary>
    public bool IsUnreadable(string prefix) => !_unreadable.IsEmpty && _unreadable.Any(k => k.Key.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Whether the value at this revision would be stored otherwise today.</summary>
    public async ValueTask<bool> IsStaleAsync(string key, long revision, CancellationToken ct) =>
        transformers(key) is { } transformer && await inner.FindAsync(key, ct) is { } entry && entry.ModRevision == revision && transformer.Read(entry.Value, key).IsStale;

    /// <summary>The keys under a prefix whose values would be stored otherwise today, after a key.</summary>
    /// <returns>The stale ones of one page, plain, and where the next begins; null at the end.</returns>
    public async ValueTask<(IReadOnlyList<Entry> Stale, string? Next)> StaleAsync(string prefix, string after, int limit, CancellationToken ct)
    {
        var page = await inner.RangeAsync(new(prefix, after, limit), ct);
        var stale = new List<Entry>();
        foreach (var entry in page.Entries)
        {
            try
            {
                if (transformers(entry.Key)?.Read(entry.Value, entry.Key) is { IsStale: true } plain)
                    stale.Add(entry with { Value = plain.Value });
            }
            catch (TransformException)
            {
                // Nobody can read it: there is nothing to write. Whoever asks for it is told.
            }
        }

        return (stale, page.Remaining == 0 || page.Entries.Count == 0 ? null : page.Entries[^1].Key);
    }

    public async ValueTask<Entry?> FindAsync(string key, CancellationToken ct) => await inner.FindAsync(key, ct) is { } entry ? Read(entry) : null;

    public async ValueTask<Entry?> FindAtAsync(string key, long revision, CancellationToken ct) => await inner.FindAtAsync(key, revision, ct) is { } entry ? Read(entry) : null;

    public async ValueTask<VersionPage> VersionsAsync(VersionQuery query, CancellationToken ct) => Read(await inner.VersionsAsync(query, ct));

    public async ValueTask<VersionPage> DeletedAsync(DeletedQuery query, CancellationToken ct) => Read(await inner.DeletedAsync(query, ct));

    public async ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken ct) => Read(await inner.RangeAsync(query, ct), Read);

    public ValueTask<long?> TryPutAsync(string key, ReadOnlyMemory<byte> value, long expected, CancellationToken ct) =>
        inner.TryPutAsync(key, transformers(key) is { } transformer ? transformer.Write(value, key) : value, expected, ct);

    public ValueTask<long?> TryDeleteAsync(string key, long expected, CancellationToken ct) => inner.TryDeleteAsync(key, expected, ct);

    public async IAsyncEnumerable<Change> WatchAsync(string prefix, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var change in inner.WatchAsync(prefix, after, ct))
        {
            var entry = ReadOrKeep(change.Entry);
            if (change.Type == ChangeType.Delete)
                _unreadable.TryRemove(entry.Key, out _);
            yield return transformers(entry.Key) is null ? change : new(change.Type, entry, ReadOrKeep(change.Previous, entry.Key));
        }
    }

    public ValueTask CompactAsync(long revision, CancellationToken ct) => inner.CompactAsync(revision, ct);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static RangeResult Read(RangeResult range, Func<Entry, Entry> read) =>
        range with { Entries = range.Entries is [] ? range.Entries : [.. range.Entries.Select(read)] };

    private VersionPage Read(VersionPage page) => page with { Versions = [.. page.Versions.Select(v => v with { Entry = Read(v.Entry) })] };

    /// <exception cref="ApiException">500, as upstream: the value cannot be read with the keys there are.</exception>
    private Entry Read(Entry entry)
    {
        if (transformers(entry.Key) is not { } transformer)
            return entry;
        try
        {
            return entry with { Value = transformer.Read(entry.Value, entry.Key).Value };
        }
        catch (TransformException e)
        {
            throw new ApiException(ApiException.Failure(
                500, "InternalError", $"Internal error occurred: unable to transform key \"{entry.Key}\": {e.Message} (the key that it was encrypted with is not in the server's encryption configuration; put it back and restart)"));
        }
    }

    private Entry ReadOrKeep(Entry entry)
    {
        if (transformers(entry.Key) is not { } transformer)
            return entry;
        try
        {
            var plain = transformer.Read(entry.Value, entry.Key);
            _unreadable.TryRemove(entry.Key, out _);
            return entry with { Value = plain.Value };
        }
        catch (TransformException)
        {
            _unreadable[entry.Key] = true;
            return entry;
        }
    }

    private ReadOnlyMemory<byte> ReadOrKeep(ReadOnlyMemory<byte> value, string key)
    {
        try
        {
            return value.IsEmpty ? value : transformers(key)!.Read(value, key).Value;
        }
        catch (TransformException)
        {
            return value;
        }
    }

    private sealed class Lenient(EncryptedStore store) : IStore
    {
        public long Revision => store.Revision;

        public long RecentRevision => store.RecentRevision;

        public ValueTask<Entry?> FindAsync(string key, CancellationToken ct) => store.FindAsync(key, ct);

        public ValueTask<Entry?> FindAtAsync(string key, long revision, CancellationToken ct) => store.FindAtAsync(key, revision, ct);

        public ValueTask<VersionPage> VersionsAsync(VersionQuery query, CancellationToken ct) => store.VersionsAsync(query, ct);

        public ValueTask<VersionPage> DeletedAsync(DeletedQuery query, CancellationToken ct) => store.DeletedAsync(query, ct);

        public async ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken ct) => Read(await store.Inner.RangeAsync(query, ct), store.ReadOrKeep);

        public ValueTask<long?> TryPutAsync(string key, ReadOnlyMemory<byte> value, long expected, CancellationToken ct) => store.TryPutAsync(key, value, expected, ct);

        public ValueTask<long?> TryDeleteAsync(string key, long expected, CancellationToken ct) => store.TryDeleteAsync(key, expected, ct);

        public IAsyncEnumerable<Change> WatchAsync(string prefix, long after, CancellationToken ct) => store.WatchAsync(prefix, after, ct);

        public ValueTask CompactAsync(long revision, CancellationToken ct) => store.CompactAsync(revision, ct);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private IStore Inner => inner;
}
