using KubeSharp.Store;

namespace KubeSharp.ApiServer.Tests;

/// <summary>A store that does what another does, but for what a test changes. The other outlives it.</summary>
internal class ForwardingStore(IStore inner) : IStore
{
    public long Revision => inner.Revision;

    public long RecentRevision => inner.RecentRevision;

    public ValueTask<Entry?> FindAsync(string key, CancellationToken ct) => inner.FindAsync(key, ct);

    public ValueTask<Entry?> FindAtAsync(string key, long revision, CancellationToken ct) => inner.FindAtAsync(key, revision, ct);

    public ValueTask<VersionPage> VersionsAsync(VersionQuery query, CancellationToken ct) => inner.VersionsAsync(query, ct);

    public ValueTask<VersionPage> DeletedAsync(DeletedQuery query, CancellationToken ct) => inner.DeletedAsync(query, ct);

    public virtual ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken ct) => inner.RangeAsync(query, ct);

    public virtual ValueTask<long?> TryPutAsync(string key, ReadOnlyMemory<byte> value, long expected, CancellationToken ct) => inner.TryPutAsync(key, value, expected, ct);

    public virtual ValueTask<long?> TryDeleteAsync(string key, long expected, CancellationToken ct) => inner.TryDeleteAsync(key, expected, ct);

    public IAsyncEnumerable<Change> WatchAsync(string prefix, long after, CancellationToken ct) => inner.WatchAsync(prefix, after, ct);

    public ValueTask CompactAsync(long revision, CancellationToken ct) => inner.CompactAsync(revision, ct);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
