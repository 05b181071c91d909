using KubeSharp.Store;

namespace KubeSharp.ApiServer.Tests.Allocation;

/// <summary>A store that fails where a test wants it to.</summary>
internal sealed class FaultyStore(IStore inner) : IStore
{
    /// <summary>Which keys cannot be written.</summary>
    public Func<string, bool> Refuses { get; set; } = _ => false;

    /// <summary>Which keys are written although the writer is told otherwise.</summary>
    public Func<string, bool> WritesSecretly { get; set; } = _ => false;

    /// <summary>The keys of all writes that were tried.</summary>
    public List<string> Tried { get; } = [];

    public long Revision => inner.Revision;

    public ValueTask<Entry?> FindAsync(string key, CancellationToken ct) => inner.FindAsync(key, ct);

    public ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken ct) => inner.RangeAsync(query, ct);

    public async ValueTask<long?> TryPutAsync(string key, ReadOnlyMemory<byte> value, long expected, CancellationToken ct)
    {
        Fail(key);
        var revision = await inner.TryPutAsync(key, value, expected, ct);
        return WritesSecretly(key) ? throw new StoreException("the answer was lost") : revision;
    }

    public ValueTask<long?> TryDeleteAsync(string key, long expected, CancellationToken ct)
    {
        Fail(key);
        return inner.TryDeleteAsync(key, expected, ct);
    }

    public IAsyncEnumerable<Change> WatchAsync(string prefix, long after, CancellationToken ct) => inner.WatchAsync(prefix, after, ct);

    public ValueTask CompactAsync(long revision, CancellationToken ct) => inner.CompactAsync(revision, ct);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private void Fail(string key)
    {
        lock (Tried)
            Tried.Add(key);
        if (Refuses(key))
            throw new StoreException("the disk is full");
    }
}
