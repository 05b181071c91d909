using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.WatchCache;

/// <summary>The objects as of one revision, in the store's order.</summary>
internal readonly record struct CacheSnapshot(ArraySegment<StoredObject> Objects, long Revision);
