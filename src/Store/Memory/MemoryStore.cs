namespace KubeSharp.Store;

/// <summary>A store that forgets everything with the process: for tests, benches and throw-away clusters.</summary>
/// <remarks>Keeps its history until it is told to compact it.</remarks>
public sealed class MemoryStore(TimeProvider clock) : IStore
{
    private const int PageSize = 500;
    private const int WatchBuffer = 8_192;

    private readonly Lock _gate = new();

    /// <summary>Every change since <see cref="_oldest"/>, in revision order.</summary>
    private readonly List<Change> _log = [];

    /// <summary>The keys in order; those whose versions are all deletions too, until compaction.</summary>
    private readonly List<string> _keys = [];

    /// <summary>The versions of each key, oldest first. A deletion is a version without a value.</summary>
    private readonly Dictionary<string, List<Version>> _versions = [];

    private readonly WatchHub _hub = new(revision: 1, WatchBuffer);
    private long _revision = 1;
    private long _oldest = 1;
    private long _recent;

    public MemoryStore()
        : this(TimeProvider.System)
    {
    }

    public long Revision => _hub.Revision;

    /// <summary>Set by whoever runs the store: all that is kept is recent until then.</summary>
    public long RecentRevision
    {
        get => Math.Max(Volatile.Read(ref _recent), Volatile.Read(ref _oldest));
        set => Volatile.Write(ref _recent, value);
    }

    public ValueTask<Entry?> FindAsync(string key, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        lock (_gate)
            return new(Current_NeedsLock(key) is { } version ? EntryOf(key, version) : null);
    }

    public ValueTask<Entry?> FindAtAsync(string key, long revision, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(revision, _revision);
            var versions = _versions.GetValueOrDefault(key) ?? [];
            var at = versions.FindLastIndex(v => v.Revision <= revision);
            var found = at < 0 || versions[at].IsDeletion ? null : EntryOf(key, versions[at]);
            // What was still there when the history began was there at all times since it was written.
            var isKept = found is not null && (at == versions.Count - 1 || versions[at + 1].Revision >= _oldest);
            return revision >= _oldest || isKept ? new(found) : throw new CompactedException(revision, _oldest);
        }
    }

    public ValueTask<VersionPage> VersionsAsync(VersionQuery query, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var page = new PageBuilder(query.Limit);
            var versions = _versions.GetValueOrDefault(query.Key) ?? [];
            for (var i = versions.Count - 1; i >= 0; i--)
            {
                if (query.Before > 0 && versions[i].Revision >= query.Before)
                    continue;
                if (versions[i].Revision < _oldest && versions[i].IsDeletion)
                    break;
                if (!page.TryAdd(VersionOf(query.Key, versions, i)))
                    return new(page.ToPage(_revision, isLast: false));
            }

            return new(page.ToPage(_revision, isLast: true));
        }
    }

    public ValueTask<VersionPage> DeletedAsync(DeletedQuery query, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var page = new PageBuilder(query.Limit);
            for (var i = FirstIndex_NeedsLock(new(query.Prefix, query.After)); i < _keys.Count && _keys[i].StartsWith(query.Prefix, StringComparison.Ordinal); i++)
            {
                var versions = _versions[_keys[i]];
                if (versions[^1].IsDeletion && !page.TryAdd(VersionOf(_keys[i], versions, versions.Count - 1)))
                    return new(page.ToPage(_revision, isLast: false));
            }

            return new(page.ToPage(_revision, isLast: true));
        }
    }

    public ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Revision, _revision);
            if (query.Revision > 0 && query.Revision < _oldest)
                throw new CompactedException(query.Revision, _oldest);

            var revision = query.Revision > 0 ? query.Revision : _revision;
            var (entries, remaining) = (new List<Entry>(), 0L);
            for (var i = FirstIndex_NeedsLock(query); i < _keys.Count && _keys[i].StartsWith(query.Prefix, StringComparison.Ordinal); i++)
            {
                if (At(_versions[_keys[i]], revision) is not { } version)
                    continue;

                if (query.Limit > 0 && entries.Count == query.Limit)
                    remaining++;
                else
                    entries.Add(EntryOf(_keys[i], version));
            }

            return new(new RangeResult(entries, revision, remaining));
        }
    }

    public ValueTask<long?> TryPutAsync(string key, ReadOnlyMemory<byte> value, long expected, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var copy = value.ToArray(); // the caller may use its buffer again
        lock (_gate)
        {
            var old = Current_NeedsLock(key);
            if ((old?.Revision ?? 0) != expected)
                return new((long?)null);

            var revision = ++_revision;
            var version = new Version(revision, old?.Created ?? revision, old?.Revision ?? 0, copy, clock.GetUtcNow());
            Append_NeedsLock(key, version, new(ChangeType.Put, EntryOf(key, version), old?.Value ?? default));
            return new(revision);
        }
    }

    public ValueTask<long?> TryDeleteAsync(string key, long expected, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (Current_NeedsLock(key) is not { } old || old.Revision != expected)
                return new((long?)null);

            var revision = ++_revision;
            var last = new Entry(key, old.Value, old.Created, revision);
            Append_NeedsLock(key, new(revision, Created: 0, old.Revision, default, clock.GetUtcNow()), new(ChangeType.Delete, last, old.Value));
            return new(revision);
        }
    }

    public IAsyncEnumerable<Change> WatchAsync(string prefix, long after, CancellationToken ct) =>
        _hub.WatchAsync(prefix, after, ReadHistory, ct);

    public ValueTask CompactAsync(long revision, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        lock (_gate)
        {
            _oldest = Math.Clamp(revision, _oldest, _revision);
            _log.RemoveRange(0, LogIndex_NeedsLock(_oldest));
            foreach (var versions in _versions.Values)
            {
                // A version stays while it, or what it was before a change that can still be watched, may be asked for.
                versions.RemoveRange(0, Math.Max(0, versions.FindLastIndex(v => v.Revision < _oldest)));
                if (versions is [{ IsDeletion: true } only] && only.Revision < _oldest)
                    versions.Clear();
            }

            _keys.RemoveAll(key => _versions[key].Count == 0 && _versions.Remove(key));
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _hub.Close(new StoreException("The store is closed."));
        return ValueTask.CompletedTask;
    }

    private ValueTask<HistoryPage> ReadHistory(string prefix, long after, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (after < _oldest - 1)
                throw new CompactedException(after, _oldest);

            var page = new List<Change>();
            for (var i = LogIndex_NeedsLock(after + 1); i < _log.Count; i++)
            {
                if (_log[i].Entry.Key.StartsWith(prefix, StringComparison.Ordinal))
                    page.Add(_log[i]);

                if (page.Count == PageSize)
                    return new(new HistoryPage(page, _log[i].Entry.ModRevision, IsLast: false));
            }

            return new(new HistoryPage(page, _revision, IsLast: true));
        }
    }

    private void Append_NeedsLock(string key, Version version, Change change)
    {
        if (!_versions.TryGetValue(key, out var versions))
        {
            _versions[key] = versions = [];
            _keys.Insert(~_keys.BinarySearch(key, KeyOrder.Instance), key);
        }

        versions.Add(version);
        _log.Add(change);
        _hub.Publish([change]);
    }

    private Version? Current_NeedsLock(string key) =>
        _versions.TryGetValue(key, out var versions) && versions is [.., { IsDeletion: false } last] ? last : null;

    private static Version? At(List<Version> versions, long revision) =>
        versions.FindLast(v => v.Revision <= revision) is { IsDeletion: false } version ? version : null;

    private int FirstIndex_NeedsLock(RangeQuery query)
    {
        var isAfter = KeyOrder.Instance.Compare(query.After, query.Prefix) >= 0 && query.After.Length > 0;
        var index = _keys.BinarySearch(isAfter ? query.After : query.Prefix, KeyOrder.Instance);
        return index < 0 ? ~index : isAfter ? index + 1 : index;
    }

    /// <summary>Where in the log the revision stands. The log has no holes.</summary>
    private int LogIndex_NeedsLock(long revision) =>
        _log.Count == 0 ? 0 : (int)Math.Clamp(revision - _log[0].Entry.ModRevision, 0, _log.Count);

    private static KeyVersion VersionOf(string key, List<Version> versions, int at)
    {
        var version = versions[at];
        if (!version.IsDeletion)
            return new(ChangeType.Put, EntryOf(key, version), version.Previous, version.Time);

        var last = versions[at - 1]; // compaction keeps what a deletion that is kept has deleted
        return new(ChangeType.Delete, new(key, last.Value, last.Created, version.Revision), version.Previous, version.Time);
    }

    private static Entry EntryOf(string key, Version version) => new(key, version.Value, version.Created, version.Revision);

    /// <param name="Created">0 for a deletion.</param>
    /// <param name="Previous">0 for a creation.</param>
    private sealed record Version(long Revision, long Created, long Previous, ReadOnlyMemory<byte> Value, DateTimeOffset Time)
    {
        public bool IsDeletion => Created == 0;
    }
}
