namespace KubeSharp.Client.Caching;

/// <summary>What an informer knows. Reads may come from any thread; there is one writer.</summary>
/// <remarks>The lock is held for dictionary work only, never while foreign code runs (but for index functions, which are pure).</remarks>
internal sealed class ObjectCache<T> : ILister<T>
    where T : class, IObject<T>
{
    private readonly Lock _gate = new();
    private readonly ObjectTable<T> _all = new();
    private readonly ObjectIndex<T> _byNamespace = new(o => [o.Metadata.Namespace]);
    private readonly Dictionary<string, ObjectIndex<T>> _indexes = [];

    public T? Find(ObjectKey key)
    {
        lock (_gate)
            return _all.Find(key);
    }

    public IReadOnlyCollection<T> List(string ns = "")
    {
        lock (_gate)
            return ns.Length == 0 ? _all.Snapshot : _byNamespace.Of(ns);
    }

    public IReadOnlyCollection<T> ByIndex(string index, string value)
    {
        lock (_gate)
            return _indexes.TryGetValue(index, out var found) ? found.Of(value) : throw new ArgumentException($"there is no index {index}", nameof(index));
    }

    public void AddIndex(string name, Func<T, IEnumerable<string>> valuesOf)
    {
        lock (_gate)
        {
            if (_indexes.ContainsKey(name))
                return;

            var index = new ObjectIndex<T>(valuesOf);
            foreach (var obj in _all.Snapshot)
                index.Put(ObjectKey.Of(obj), null, obj);
            _indexes[name] = index;
        }
    }

    public void Put(ObjectKey key, T obj)
    {
        lock (_gate)
        {
            var old = _all.Find(key);
            _all.Put(key, obj);
            _byNamespace.Put(key, old, obj);
            foreach (var index in _indexes.Values)
                index.Put(key, old, obj);
        }
    }

    public void Remove(ObjectKey key)
    {
        lock (_gate)
        {
            if (_all.Find(key) is not { } old)
                return;

            _all.Remove(key);
            _byNamespace.Remove(key, old);
            foreach (var index in _indexes.Values)
                index.Remove(key, old);
        }
    }
}
