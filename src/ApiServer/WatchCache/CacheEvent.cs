using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.WatchCache;

/// <summary>One change as the cache saw it.</summary>
/// <param name="Object">The new version; of a deletion the last state, at the deletion's revision.</param>
/// <param name="Previous">The version before; absent for a creation.</param>
internal readonly record struct CacheEvent(bool IsDeletion, StoredObject Object, StoredObject? Previous)
{
    public long Revision => Object.Revision;
}
