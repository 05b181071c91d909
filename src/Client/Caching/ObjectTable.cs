namespace KubeSharp.Client.Caching;

/// <summary>Objects by key, with snapshots that cost nothing until something changes. Not thread-safe.</summary>
internal sealed class ObjectTable<T>
    where T : class, IObject<T>
{
    private readonly Dictionary<ObjectKey, T> _objects = [];
    private T[]? _snapshot;

    public int Count => _objects.Count;

    public T? Find(ObjectKey key) => _objects.GetValueOrDefault(key);

    public T[] Snapshot => _snapshot ??= [.. _objects.Values];

    public void Put(ObjectKey key, T obj)
    {
        _objects[key] = obj;
        _snapshot = null;
    }

    public void Remove(ObjectKey key)
    {
        if (_objects.Remove(key))
            _snapshot = null;
    }
}
