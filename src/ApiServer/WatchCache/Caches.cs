using KubeSharp.ApiServer.Encryption;
using KubeSharp.ApiServer.Registry;
using KubeSharp.Store;

namespace KubeSharp.ApiServer.WatchCache;

/// <summary>Reads of the watch caches that see every write acknowledged before they began.</summary>
internal sealed class Caches(IStore store, StoreFeed feed, CacheTable caches, TimeProvider clock, EncryptedStore? encrypted = null)
{
    /// <summary>How long a reader waits for a version to arrive, as upstream's watch cache.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public long Revision => feed.Revision;

    public TimeProvider Clock => clock;

    /// <inheritdoc cref="CacheTable.Of"/>
    public ResourceCache Of(ServedResource resource) => caches.Of(resource);

    /// <summary>The object as of now; a custom resource in the version asked for.</summary>
    public async ValueTask<StoredObject?> FindAsync(ServedResource resource, ObjectKey key, CancellationToken ct)
    {
        var cache = Of(resource);
        StoredObject? found;
        if (await IsNewAsync(cache, ct) && !(HasUnreadable && encrypted!.IsUnreadable(cache.Resource.StorageKey(key))))
            found = cache.Find(key);
        else
            found = await store.FindAsync(cache.Resource.StorageKey(key), ct) is { } entry ? StoredObject.Read(cache.Resource, entry) : null;
        return found is null || resource.Custom is null ? found : await found.ShownAsync(resource, ct);
    }

    /// <summary>All objects as of now.</summary>
    /// <param name="ns">Empty for all namespaces.</param>
    public async ValueTask<CacheSnapshot> ListAsync(ServedResource resource, string ns, CancellationToken ct)
    {
        var cache = Of(resource);
        if (await IsNewAsync(cache, ct) && !(HasUnreadable && encrypted!.HasUnreadableUnder(PrefixOf(cache.Resource, ns))))
            return cache.Snapshot(ns, feed.Revision);

        var range = await store.RangeAsync(new(PrefixOf(cache.Resource, ns)), ct);
        return new(range.Entries.Select(e => StoredObject.Read(cache.Resource, e)).ToArray(), range.Revision);
    }

    /// <summary>A value that the keys do not fit is in no cache: the store is asked, and says why it cannot be read.</summary>
    private bool HasUnreadable => encrypted is { HasUnreadable: true };

    /// <summary>All objects as the caches were filled. For the start, when nothing follows the store yet: other servers may write already.</summary>
    public CacheSnapshot Filled(ServedResource resource) => Of(resource).Snapshot("", feed.Revision);

    /// <summary>Whether the cache holds all that was written before now; else the store itself must be asked.</summary>
    private ValueTask<bool> IsNewAsync(ResourceCache cache, CancellationToken ct)
    {
        var wanted = store.Revision;
        if (feed.Revision < wanted)
            return WaitAsync(cache, wanted, ct);

        cache.Metrics.ReadNewest(isInTime: true, TimeSpan.Zero);
        return new(true);
    }

    private async ValueTask<bool> WaitAsync(ResourceCache cache, long wanted, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        var isInTime = await feed.WaitAsync(wanted, Patience, ct);
        cache.Metrics.ReadNewest(isInTime, clock.GetElapsedTime(began));
        return isInTime;
    }

    /// <summary>Waits until the caches are not older than a version a client has seen.</summary>
    /// <exception cref="ApiException">504: there is no such version yet.</exception>
    public async ValueTask ReachAsync(long revision, CancellationToken ct)
    {
        if (await feed.WaitAsync(revision, Patience, ct))
            return;

        throw new ApiException(ApiException.Failure(504, "Timeout", $"Timeout: Too large resource version: {revision}, current: {feed.Revision}", new()
        {
            Causes = [new() { Reason = "ResourceVersionTooLarge", Message = "Too large resource version" }],
            RetryAfterSeconds = 1,
        }));
    }

    /// <summary>The version that a write made, out of the cache, so that who reads the cache next sees it too.</summary>
    public async ValueTask<StoredObject> WrittenAsync(ServedResource resource, ObjectKey key, long revision, ReadOnlyMemory<byte> json)
    {
        var isThere = await feed.WaitAsync(revision, Patience, CancellationToken.None);
        return isThere && caches.Find(resource.StoragePrefix)?.Find(key) is { } found && found.Revision == revision
            ? found
            : StoredObject.Of(resource, key, resource.StorageKey(key), revision, json.Span);
    }

    public static string PrefixOf(ServedResource resource, string ns) => ns.Length > 0 ? $"{resource.StoragePrefix}{ns}/" : resource.StoragePrefix;
}
