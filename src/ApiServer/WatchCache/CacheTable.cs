using System.Collections.Frozen;
using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.WatchCache;

/// <summary>All watch caches by their place in the store. Custom resources come and go; readers see one state at a time.</summary>
internal sealed class CacheTable(IEnumerable<ResourceCache> caches)
{
    private readonly Lock _gate = new();
    private FrozenDictionary<string, ResourceCache> _byPrefix = caches.ToFrozenDictionary(c => c.Resource.StoragePrefix);

    public IReadOnlyList<ResourceCache> All => Volatile.Read(ref _byPrefix).Values;

    public ResourceCache? Find(string prefix) => Volatile.Read(ref _byPrefix).GetValueOrDefault(prefix);

    /// <summary>The cache of a resource or of the one it is a view of.</summary>
    /// <exception cref="ApiException">404: the custom resource was removed meanwhile.</exception>
    public ResourceCache Of(ServedResource resource) => Find((resource.StoredForm?.Resource ?? resource).StoragePrefix)
        ?? throw ApiException.NoSuchPath($"{resource.Type.QualifiedPlural} are no longer served");

    public void Add(ResourceCache cache)
    {
        lock (_gate)
            Volatile.Write(ref _byPrefix, _byPrefix.Append(new(cache.Resource.StoragePrefix, cache)).ToFrozenDictionary());
    }

    /// <summary>Ends the watches of a resource and forgets it.</summary>
    public void Remove(string prefix)
    {
        lock (_gate)
        {
            if (_byPrefix.GetValueOrDefault(prefix) is not { } gone)
                return;

            Volatile.Write(ref _byPrefix, _byPrefix.Where(p => p.Key != prefix).ToFrozenDictionary());
            gone.Close();
        }
    }
}
