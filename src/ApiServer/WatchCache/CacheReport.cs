using KubeSharp.Machinery.Metrics;
using KubeSharp.Store;

namespace KubeSharp.ApiServer.WatchCache;

/// <summary>What the caches and the store hold, written when <c>/metrics</c> is asked for.</summary>
internal sealed class CacheReport(CacheTable caches, IStore store)
{
    public void Write(PrometheusText text)
    {
        var all = caches.All.OrderBy(c => c.Resource.StoragePrefix, StringComparer.Ordinal).ToList();
        Each("apiserver_resource_objects", "[ALPHA] How many objects there are.", c => c.Count);
        Each("apiserver_resource_size_estimate_bytes", "[ALPHA] The bytes of the objects there are.", c => c.Bytes);
        Each("apiserver_watch_cache_resource_version", "[ALPHA] The version up to which the watch cache has seen its resource.", c => c.Revision);
        text.Family("apiserver_storage_objects", "gauge", "[STABLE] How many objects there are; apiserver_resource_objects tells the group apart.");
        foreach (var cache in all)
            text.Value([("resource", cache.Resource.Type.QualifiedPlural)], cache.Count);
        if (store.SizeInBytes is { } size)
        {
            text.Family("apiserver_storage_size_bytes", "gauge", "[STABLE] What the store takes on its disk.");
            text.Value([("storage_cluster_id", "etcd-0")], size);
        }

        void Each(string name, string help, Func<ResourceCache, double> value)
        {
            text.Family(name, "gauge", help);
            foreach (var cache in all)
                text.Value([("group", cache.Resource.Type.Group), ("resource", cache.Resource.Type.Plural)], value(cache));
        }
    }
}
