using System.Collections.Concurrent;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Tracing;
using KubeSharp.Store;

namespace KubeSharp.ApiServer.Metrics;

/// <summary>The store, with its times taken and its spans told.</summary>
internal sealed class MeteredStore : IStore
{
    private static readonly string[] Operations = ["get", "list", "create", "update", "delete"];

    private readonly IStore _inner;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, StorageMetrics> _known;
    private readonly ConcurrentDictionary<string, StorageMetrics>.AlternateLookup<ReadOnlySpan<char>> _byPrefix;

    /// <param name="resources">The resources whose place in the store does not tell their names.</param>
    public MeteredStore(IStore inner, IEnumerable<ServedResource> resources, TimeProvider clock)
    {
        (_inner, _clock) = (inner, clock);
        _known = new(resources.Select(r => KeyValuePair.Create(r.StoragePrefix, new StorageMetrics(r.Type.Group, r.Type.Plural))).DistinctBy(p => p.Key), StringComparer.Ordinal);
        _byPrefix = _known.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public long Revision => _inner.Revision;

    public long? SizeInBytes => _inner.SizeInBytes;

    public long RecentRevision => _inner.RecentRevision;

    public ValueTask<Entry?> FindAsync(string key, CancellationToken ct) => RunAsync(StorageOperation.Get, key, (key, ct), static (s, a) => s.FindAsync(a.key, a.ct));

    public ValueTask<Entry?> FindAtAsync(string key, long revision, CancellationToken ct) =>
        RunAsync(StorageOperation.Get, key, (key, revision, ct), static (s, a) => s.FindAtAsync(a.key, a.revision, a.ct));

    public ValueTask<VersionPage> VersionsAsync(VersionQuery query, CancellationToken ct) => _inner.VersionsAsync(query, ct);

    public ValueTask<VersionPage> DeletedAsync(DeletedQuery query, CancellationToken ct) => _inner.DeletedAsync(query, ct);

    public ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken ct) => RunAsync(StorageOperation.List, query.Prefix, (query, ct), static (s, a) => s.RangeAsync(a.query, a.ct));

    public ValueTask<long?> TryPutAsync(string key, ReadOnlyMemory<byte> value, long expected, CancellationToken ct) =>
        RunAsync(expected == 0 ? StorageOperation.Create : StorageOperation.Update, key, (key, value, expected, ct), static (s, a) => s.TryPutAsync(a.key, a.value, a.expected, a.ct));

    public ValueTask<long?> TryDeleteAsync(string key, long expected, CancellationToken ct) => RunAsync(StorageOperation.Delete, key, (key, expected, ct), static (s, a) => s.TryDeleteAsync(a.key, a.expected, a.ct));

    public IAsyncEnumerable<Change> WatchAsync(string prefix, long after, CancellationToken ct) => _inner.WatchAsync(prefix, after, ct);

    public ValueTask CompactAsync(long revision, CancellationToken ct) => _inner.CompactAsync(revision, ct);

    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    /// <summary>The call begins in here: a store may do all its work before it gives back the task.</summary>
    private async ValueTask<T> RunAsync<T, TArgument>(StorageOperation operation, string key, TArgument argument, Func<IStore, TArgument, ValueTask<T>> call)
    {
        var metrics = MetricsOf(key);
        using var span = Spans.Storage(Operations[(int)operation], metrics.Resource);
        var started = _clock.GetTimestamp();
        var hasFailed = true;
        try
        {
            var result = await call(_inner, argument);
            hasFailed = false;
            return result;
        }
        catch (CompactedException)
        {
            hasFailed = false; // an answer, if not the one hoped for
            throw;
        }
        finally
        {
            metrics.Done(operation, _clock.GetElapsedTime(started), hasFailed);
        }
    }

    private StorageMetrics MetricsOf(string key)
    {
        var prefix = StoragePrefixes.In(key);
        if (_byPrefix.TryGetValue(prefix, out var known))
            return known;

        // A custom resource: its place is its group and its name.
        var parts = prefix.Trim('/').ToString().Split('/');
        return parts is [_, var group, var resource] ? _known.GetOrAdd(prefix.ToString(), new StorageMetrics(group, resource)) : _known.GetOrAdd("", static _ => new("", ""));
    }
}
