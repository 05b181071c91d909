using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.WatchCache;

/// <summary>The server's own reads of the caches.</summary>
internal sealed class CachedObjects(Resources resources, Caches caches) : IObjects
{
    public async ValueTask<T?> FindAsync<T>(ObjectKey key, CancellationToken ct)
        where T : class, IObject<T> => (T?)(await caches.FindAsync(resources.Of<T>(), key, ct))?.Object;

    public IReadOnlyList<T> List<T>()
        where T : class, IObject<T> => caches.Of(resources.Of<T>()).Typed<T>();
}
