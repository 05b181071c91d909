using KubeSharp.ApiServer.FieldManagement;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.WatchCache;
using KubeSharp.Store;

namespace KubeSharp.ApiServer.Verbs;

/// <summary>The last step of every write: bytes into the store, then the cache's own version of them.</summary>
/// <remarks>A client that goes away stops a write before this step, never within it: what was begun is known to be done or not.</remarks>
internal sealed class ObjectWriter(IStore store, Caches caches)
{
    /// <returns>Null if the name is taken.</returns>
    public Task<StoredObject?> TryCreateAsync(ServedResource resource, IObject obj, WriteOptions options, CancellationToken ct) =>
        TryPutAsync(resource, ObjectKey.Of(obj), obj, 0, options, ct);

    /// <summary>
    /// Writes the new state, unless it is the present one byte for byte, or but for the times of managedFields: then nothing is written and the
    /// version stays.
    /// </summary>
    /// <returns>Null if another writer was first.</returns>
    public async Task<StoredObject?> TryUpdateAsync(StoredObject current, IObject obj, WriteOptions options, CancellationToken ct)
    {
        var json = StoredJson.Encode(current.Resource, obj);
        var wanted = StoredJson.Splice(json, current.Revision, out _);
        return wanted.AsSpan().SequenceEqual(current.Json.Span) || ManagedTimes.AreAllThatDiffers(current, obj, wanted)
            ? current
            : await TryPutAsync(current.Resource, current.Key, obj, current.Revision, options, ct);
    }

    /// <param name="last">The state to answer with.</param>
    /// <returns>The last state at the deletion's version, or null if another writer was first.</returns>
    public async Task<StoredObject?> TryDeleteAsync(StoredObject current, IObject last, WriteOptions options, CancellationToken ct)
    {
        if (options.IsDryRun)
            return current;
        ct.ThrowIfCancellationRequested();
        if (await store.TryDeleteAsync(current.StorageKey, current.Revision, CancellationToken.None) is not { } revision)
            return null;

        var gone = StoredObject.Of(current.Resource, current.Key, current.StorageKey, revision, StoredJson.Encode(current.Resource, last));
        await caches.WrittenAsync(current.Resource, current.Key, revision, gone.Json);
        return gone;
    }

    private async Task<StoredObject?> TryPutAsync(ServedResource resource, ObjectKey key, IObject obj, long expected, WriteOptions options, CancellationToken ct)
    {
        var json = StoredJson.Encode(resource, obj);
        var storageKey = resource.StorageKey(key);
        if (options.IsDryRun)
        {
            var isAsExpected = (await caches.FindAsync(resource, key, ct))?.Revision is var there && (there ?? 0) == expected;
            return isAsExpected ? StoredObject.Of(resource, key, storageKey, expected, json) : null;
        }

        ct.ThrowIfCancellationRequested();
        return await store.TryPutAsync(storageKey, json, expected, CancellationToken.None) is { } revision
            ? await caches.WrittenAsync(resource, key, revision, json)
            : null;
    }
}
