using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.WatchCache;

/// <summary>The objects as of one revision, in the store's order.</summary>
internal readonly record struct CacheSnapshot(ArraySegment<StoredObject> Objects, long Revision)
{
    /// <summary>Nothing but the object of this name: one place is looked up where a selector would look at all.</summary>
    public CacheSnapshot Only(ObjectKey key)
    {
        var (low, high) = (0, Objects.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (string.CompareOrdinal(Objects[middle].Key.Name, key.Name) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low < Objects.Count && Objects[low].Key == key ? this with { Objects = Objects.Slice(low, 1) } : this with { Objects = ArraySegment<StoredObject>.Empty };
    }
}
