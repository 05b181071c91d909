using KubeSharp.ApiServer.Metrics;
using KubeSharp.ApiServer.Registry;
using KubeSharp.Store;

namespace KubeSharp.ApiServer.WatchCache;

/// <summary>
/// All objects of one resource in memory, in the store's order, with the recent changes. Written by <see cref="StoreFeed"/> alone;
/// read from any thread.
/// </summary>
internal sealed class ResourceCache(ServedResource resource, TimeProvider clock, Action<int>? changed = null)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StoredObject> _byKey = [];

    /// <summary>In the order of the store's keys. An array of references is moved by a new object: 10,000 of them in a few microseconds.</summary>
    private readonly List<StoredObject> _sorted = [];
    private readonly EventRing _ring = new(clock);
    private readonly HashSet<CacheWatcher> _watchers = [];
    private long _revision;
    private long _bytes;
    private object? _typed;
    private bool _isClosed;

    public ServedResource Resource => resource;

    public CacheMetrics Metrics { get; } = new(resource.Type);

    /// <summary>Up to which change this cache has seen its resource.</summary>
    public long Revision
    {
        get
        {
            lock (_gate)
                return _revision;
        }
    }

    /// <summary>The bytes of all objects.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
                return _bytes;
        }
    }

    public int Count
    {
        get
        {
            lock (_gate)
                return _sorted.Count;
        }
    }

    public StoredObject? Find(ObjectKey key)
    {
        var storageKey = resource.StorageKey(key);
        lock (_gate)
            return _byKey.GetValueOrDefault(storageKey);
    }

    /// <param name="ns">Empty for all namespaces.</param>
    /// <param name="known">A revision up to which the feed had delivered everything before this call.</param>
    public CacheSnapshot Snapshot(string ns, long known)
    {
        lock (_gate)
        {
            // Between the last change of this resource and what the feed has passed since, nothing here changed.
            var revision = Math.Max(_revision, known);
            if (ns.Length == 0)
                return new(_sorted.ToArray(), revision);

            var prefix = $"{resource.StoragePrefix}{ns}/";
            var start = IndexOf_NeedsLock(prefix);
            // '0' follows '/' in the order of bytes, so this is the end of what begins with the prefix.
            var end = IndexOf_NeedsLock(prefix[..^1] + "0");
            return new(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_sorted)[start..end].ToArray(), revision);
        }
    }

    /// <summary>All objects decoded; the same list until one of them changes.</summary>
    public IReadOnlyList<T> Typed<T>()
        where T : class, IObject<T>
    {
        StoredObject[] objects;
        lock (_gate)
        {
            if (_typed is IReadOnlyList<T> known)
                return known;
            objects = [.. _sorted];
        }

        var list = objects.Select(o => (T)o.Object).ToList();
        lock (_gate)
        {
            if (_typed is IReadOnlyList<T> other)
                return other;

            // Only if nothing changed meanwhile; else the next caller decodes the newer state.
            if (objects.AsSpan().SequenceEqual(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_sorted)))
                _typed = list;
            return list;
        }
    }

    /// <summary>Subscribes in one step with reading, so that nothing falls between them.</summary>
    /// <param name="after">The revision the client has seen; null to begin with the present state, which is then returned.</param>
    /// <returns>Null if <paramref name="after"/> is no longer in the history.</returns>
    public CacheSnapshot? Watch(CacheWatcher watcher, long? after, long known)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                watcher.Cut();
                return new(ArraySegment<StoredObject>.Empty, known);
            }

            var snapshot = after is null ? Snapshot(watcher.Namespace, known) : new(ArraySegment<StoredObject>.Empty, Math.Max(_revision, known));
            if (after is { } seen)
            {
                if (seen < _ring.Start)
                    return null;

                foreach (var change in _ring.After(seen))
                    watcher.Offer(change);
            }

            Metrics.WatchBegan(snapshot.Objects.Count);

            _watchers.Add(watcher);
            return snapshot;
        }
    }

    public void Unwatch(CacheWatcher watcher)
    {
        lock (_gate)
            _watchers.Remove(watcher);
    }

    /// <summary>The resource is no more: watches end, now and later.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var watcher in _watchers)
                watcher.Cut();
            _watchers.Clear();
        }
    }

    /// <summary>As <see cref="Fill(IEnumerable{StoredObject}, long)"/>, with another form of the resource at the same place in the store.</summary>
    public void Fill(ServedResource changed, IEnumerable<StoredObject> objects, long revision)
    {
        lock (_gate)
        {
            resource = changed;
            Fill(objects, revision);
        }
    }

    /// <summary>Begins anew with the store's state; whoever watches must list again, for the changes between are not known.</summary>
    public void Fill(IEnumerable<StoredObject> objects, long revision)
    {
        lock (_gate)
        {
            _byKey.Clear();
            _sorted.Clear();
            _typed = null;
            _bytes = 0;
            foreach (var obj in objects)
            {
                _byKey.Add(obj.StorageKey, obj);
                _sorted.Add(obj);
                _bytes += obj.Json.Length;
            }

            Metrics.Filled();

            _revision = revision;
            _ring.Restart(revision);
            foreach (var watcher in _watchers)
                watcher.Cut();
            _watchers.Clear();
            changed?.Invoke(_sorted.Count);
        }
    }

    public void Apply(ChangeType type, StoredObject obj)
    {
        lock (_gate)
        {
            if (obj.Revision <= _revision)
                return; // it was filled with a later state than the feed has passed

            var previous = _byKey.GetValueOrDefault(obj.StorageKey);
            var at = IndexOf_NeedsLock(obj.StorageKey);
            if (type == ChangeType.Put)
            {
                _byKey[obj.StorageKey] = obj;
                if (previous is null)
                    _sorted.Insert(at, obj);
                else
                    _sorted[at] = obj;
            }
            else if (previous is not null)
            {
                _byKey.Remove(obj.StorageKey);
                _sorted.RemoveAt(at);
            }

            _typed = null;
            _revision = obj.Revision;
            _bytes += (type == ChangeType.Put ? obj.Json.Length : 0) - (previous?.Json.Length ?? 0);
            var change = new CacheEvent(type == ChangeType.Delete, obj, previous);
            _ring.Add(change);
            Metrics.Changed(_watchers.Count);
            for (var cut = _watchers.RemoveWhere(w => !w.Offer(change)); cut > 0; cut--)
                Metrics.WatcherCut();
            changed?.Invoke(_sorted.Count);
        }
    }

    /// <summary>Where the first key not less than this one stands.</summary>
    private int IndexOf_NeedsLock(string storageKey)
    {
        var (low, high) = (0, _sorted.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (string.CompareOrdinal(_sorted[middle].StorageKey, storageKey) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
