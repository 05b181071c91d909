namespace KubeSharp.Client.Caching;

/// <summary>Objects by the values a function finds in them. Not thread-safe.</summary>
internal sealed class ObjectIndex<T>(Func<T, IEnumerable<string>> valuesOf)
    where T : class, IObject<T>
{
    private readonly Dictionary<string, ObjectTable<T>> _tables = [];

    public IReadOnlyCollection<T> Of(string value) => _tables.TryGetValue(value, out var table) ? table.Snapshot : [];

    public void Put(ObjectKey key, T? old, T obj)
    {
        if (old is not null)
            Remove(key, old);
        foreach (var value in valuesOf(obj))
        {
            if (!_tables.TryGetValue(value, out var table))
                _tables[value] = table = new();
            table.Put(key, obj);
        }
    }

    public void Remove(ObjectKey key, T old)
    {
        foreach (var value in valuesOf(old))
        {
            if (!_tables.TryGetValue(value, out var table))
                continue;

            table.Remove(key);
            if (table.Count == 0)
                _tables.Remove(value);
        }
    }
}
