using System.Diagnostics.CodeAnalysis;

namespace KubeSharp.Client.Events;

/// <summary>A map that forgets what was not used for longest once it is full. Not thread-safe.</summary>
internal sealed class RecentlyUsed<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _entries = [];
    private readonly LinkedList<(TKey Key, TValue Value)> _order = new();

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (!_entries.TryGetValue(key, out var entry))
        {
            value = default;
            return false;
        }

        _order.Remove(entry);
        _order.AddFirst(entry);
        value = entry.Value.Value;
        return true;
    }

    public void Put(TKey key, TValue value)
    {
        if (_entries.Remove(key, out var old))
            _order.Remove(old);
        _entries[key] = _order.AddFirst((key, value));
        if (_entries.Count > capacity)
        {
            _entries.Remove(_order.Last!.Value.Key); // not empty: something was just added
            _order.RemoveLast();
        }
    }
}
