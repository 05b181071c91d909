using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using KubeSharp.Store;

namespace KubeSharp.ApiServer.Encryption;

/// <summary>How the value at a key, or those under a prefix, are stored; null for as they are.</summary>
/// <returns>False if the prefix is of more than one resource, or of none.</returns>
internal delegate bool FindTransformer(string key, out ITransformer? transformer);

/// <summary>The store, with the values of some resources encrypted. Who uses it reads and writes them plain; revisions are the store's own.</summary>
/// <remarks>Of a resource that is not encrypted nothing is touched: one look into a table, then the store's own answer.</remarks>
internal sealed partial class EncryptedStore(IStore inner, FindTransformer find) : IStore
{
    private static readonly IdentityTransformer AsTheyAre = new();

    private readonly ConcurrentDictionary<string, bool> _unreadable = new(StringComparer.Ordinal);
    private TaskCompletionSource _becameUnreadable = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _unreadableCount;

    public long Revision => inner.Revision;

    public long? SizeInBytes => inner.SizeInBytes;

    public long RecentRevision => inner.RecentRevision;

    /// <summary>
    /// The same for who fills caches: it passes a value that cannot be read as it is stored, which no decoder takes for an object, so that one lost
    /// key does not keep all the others from being served. <see cref="IsUnreadable"/> knows of it then. Previous values of changes are left out.
    /// </summary>
    public IStore ForCaches => new Lenient(this);

    /// <summary>Whether there are values that could not be read when the caches met them: the caches do not have them.</summary>
    public bool HasUnreadable => Volatile.Read(ref _unreadableCount) > 0;

    /// <summary>Ends when <see cref="HasUnreadable"/> is so.</summary>
    public Task BecameUnreadable => Volatile.Read(ref _becameUnreadable).Task;

    public bool IsUnreadable(string key) => _unreadable.ContainsKey(key);

    public bool HasUnreadableUnder(string prefix) => _unreadable.Any(k => k.Key.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Those of <see cref="HasUnreadable"/> that can be read by now: the caches should be filled anew.</summary>
    public async Task<IReadOnlyList<string>> ReadableAgainAsync(CancellationToken ct)
    {
        var found = new List<string>();
        foreach (var key in _unreadable.Keys)
        {
            if (await inner.FindAsync(key, ct) is not { } entry)
                Forget(key);
            else if (await TryReadAsync(Transformer(key), entry, ct) is not null)
                found.Add(key);
        }

        return found;
    }

    /// <summary>Whether the value at this revision would be stored otherwise today.</summary>
    public async ValueTask<bool> IsStaleAsync(string key, long revision, CancellationToken ct)
    {
        if (Transformer(key) is not { } transformer || await inner.FindAsync(key, ct) is not { } entry || entry.ModRevision != revision)
            return false;
        return await TryReadAsync(transformer, entry, ct) is not { IsStale: false };
    }

    /// <summary>The keys under a prefix whose values would be stored otherwise today, after a key.</summary>
    /// <returns>The stale ones of one page, plain, and where the next begins; null at the end.</returns>
    public async ValueTask<(IReadOnlyList<Entry> Stale, string? Next)> StaleAsync(string prefix, string after, int limit, CancellationToken ct)
    {
        var page = await inner.RangeAsync(new(prefix, after, limit), ct);
        var stale = new List<Entry>();
        foreach (var entry in page.Entries)
        {
            // One that nobody can read is left alone: there is nothing to write. Whoever asks for it is told.
            if (Transformer(entry.Key) is { } transformer && await TryReadAsync(transformer, entry, ct) is { IsStale: true } plain)
                stale.Add(entry with { Value = plain.Value });
        }

        return (stale, page.Remaining == 0 || page.Entries.Count == 0 ? null : page.Entries[^1].Key);
    }

    public ValueTask<Entry?> FindAsync(string key, CancellationToken ct) =>
        Transformer(key) is { } transformer ? ReadAsync(transformer, inner.FindAsync(key, ct), ct) : inner.FindAsync(key, ct);

    public ValueTask<Entry?> FindAtAsync(string key, long revision, CancellationToken ct) =>
        Transformer(key) is { } transformer ? ReadAsync(transformer, inner.FindAtAsync(key, revision, ct), ct) : inner.FindAtAsync(key, revision, ct);

    public ValueTask<VersionPage> VersionsAsync(VersionQuery query, CancellationToken ct) =>
        Transformer(query.Key) is { } transformer ? ReadAsync(transformer, inner.VersionsAsync(query, ct), ct) : inner.VersionsAsync(query, ct);

    /// <summary>Those that cannot be read are left out: they cannot be restored, and must not hide the others.</summary>
    public ValueTask<VersionPage> DeletedAsync(DeletedQuery query, CancellationToken ct) => IsPlain(query.Prefix) ? inner.DeletedAsync(query, ct) : ReadDeletedAsync(query, ct);

    public ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken ct) =>
        IsPlain(query.Prefix) ? inner.RangeAsync(query, ct) : ReadRangeAsync(inner.RangeAsync(query, ct), ct);

    public ValueTask<long?> TryPutAsync(string key, ReadOnlyMemory<byte> value, long expected, CancellationToken ct)
    {
        if (Transformer(key) is not { } transformer)
            return inner.TryPutAsync(key, value, expected, ct);

        try
        {
            value = transformer.Write([], value, key);
        }
        catch (TransformException e)
        {
            throw Failed(key, e);
        }

        return inner.TryPutAsync(key, value, expected, ct);
    }

    public ValueTask<long?> TryDeleteAsync(string key, long expected, CancellationToken ct) => inner.TryDeleteAsync(key, expected, ct);

    public async IAsyncEnumerable<Change> WatchAsync(string prefix, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var change in inner.WatchAsync(prefix, after, ct))
        {
            var transformer = Transformer(change.Entry.Key);
            yield return transformer is null ? change : change with
            {
                Entry = await ReadAsync(transformer, change.Entry, ct),
                Previous = change.Previous.IsEmpty ? change.Previous : (await ReadAsync(transformer, change.Entry with { Value = change.Previous }, ct)).Value,
            };
        }
    }

    public ValueTask CompactAsync(long revision, CancellationToken ct) => inner.CompactAsync(revision, ct);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    /// <summary>Of a resource that is no longer encrypted values may be left that are: who reads them is told so.</summary>
    private ITransformer? Transformer(string key) => find(key, out var transformer) && transformer is not null ? transformer : HasUnreadable ? AsTheyAre : null;

    private bool IsPlain(string prefix) => !HasUnreadable && find(prefix, out var transformer) && transformer is null;

    private async ValueTask<RangeResult> ReadRangeAsync(ValueTask<RangeResult> range, CancellationToken ct)
    {
        var result = await range;
        return result.Entries.Count == 0 ? result : result with { Entries = await ReadAllAsync(result.Entries, ct) };
    }

    private async ValueTask<Entry[]> ReadAllAsync(IReadOnlyList<Entry> entries, CancellationToken ct)
    {
        var all = new Entry[entries.Count];
        for (var i = 0; i < all.Length; i++)
            all[i] = Transformer(entries[i].Key) is { } transformer ? await ReadAsync(transformer, entries[i], ct) : entries[i];
        return all;
    }

    private static async ValueTask<VersionPage> ReadAsync(ITransformer transformer, ValueTask<VersionPage> page, CancellationToken ct)
    {
        var result = await page;
        var all = new KeyVersion[result.Versions.Count];
        for (var i = 0; i < all.Length; i++)
            all[i] = result.Versions[i] with { Entry = await ReadAsync(transformer, result.Versions[i].Entry, ct) };
        return result with { Versions = all };
    }

    private async ValueTask<VersionPage> ReadDeletedAsync(DeletedQuery query, CancellationToken ct)
    {
        while (true)
        {
            var page = await inner.DeletedAsync(query, ct);
            var readable = new List<KeyVersion>(page.Versions.Count);
            foreach (var version in page.Versions)
            {
                if (Transformer(version.Entry.Key) is not { } transformer)
                    readable.Add(version);
                else if (await TryReadAsync(transformer, version.Entry, ct) is { } plain)
                    readable.Add(version with { Entry = version.Entry with { Value = plain.Value } });
            }

            // A page goes on after its last key, so it must have one.
            if (readable.Count > 0 || page.IsLast || page.Versions.Count == 0)
                return page with { Versions = readable };
            query = query with { After = page.Versions[^1].Entry.Key };
        }
    }

    private static async ValueTask<Entry?> ReadAsync(ITransformer transformer, ValueTask<Entry?> found, CancellationToken ct) =>
        await found is { } entry ? await ReadAsync(transformer, entry, ct) : null;

    /// <exception cref="ApiException">500, as upstream: the value cannot be read with the keys there are.</exception>
    private static async ValueTask<Entry> ReadAsync(ITransformer transformer, Entry entry, CancellationToken ct)
    {
        try
        {
            return entry with { Value = (await transformer.ReadAsync(entry.Value, entry.Key, ct)).Value };
        }
        catch (TransformException e)
        {
            throw Failed(entry.Key, e);
        }
    }

    private static async ValueTask<Plain?> TryReadAsync(ITransformer? transformer, Entry entry, CancellationToken ct)
    {
        try
        {
            return transformer is null ? new Plain(entry.Value, IsStale: false) : await transformer.ReadAsync(entry.Value, entry.Key, ct);
        }
        catch (TransformException)
        {
            return null;
        }
    }

    private static ApiException Failed(string key, TransformException e) =>
        ApiException.Internal($"unable to transform key \"{key}\": {e.Message} (the key that it was encrypted with is needed in the server's encryption configuration)", e);

    private async ValueTask<Entry> ReadOrKeepAsync(ITransformer transformer, Entry entry, CancellationToken ct)
    {
        if (await TryReadAsync(transformer, entry, ct) is { } plain)
        {
            Forget(entry.Key);
            return entry with { Value = plain.Value };
        }

        if (_unreadable.TryAdd(entry.Key, true))
        {
            Interlocked.Increment(ref _unreadableCount);
            _becameUnreadable.TrySetResult();
        }

        return entry;
    }

    private void Forget(string key)
    {
        if (HasUnreadable && _unreadable.TryRemove(key, out _) && Interlocked.Decrement(ref _unreadableCount) == 0)
            RestUntilNext();
    }

    private void RestUntilNext()
    {
        Volatile.Write(ref _becameUnreadable, new(TaskCreationOptions.RunContinuationsAsynchronously));
        if (HasUnreadable)
            _becameUnreadable.TrySetResult(); // one came between
    }

    private IStore Inner => inner;
}
