using KubeSharp.ApiServer.Encryption;
using KubeSharp.ApiServer.FieldManagement;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.WatchCache;
using KubeSharp.Store;

namespace KubeSharp.ApiServer.Verbs;

/// <summary>The last step of every write: bytes into the store, then the cache's own version of them.</summary>
/// <remarks>A client that goes away stops a write before this step, never within it: what was begun is known to be done or not.</remarks>
internal sealed class ObjectWriter(IStore store, Caches caches, EncryptedStore? encrypted = null)
{
    /// <returns>Null if the name is taken.</returns>
    public async Task<StoredObject?> TryCreateAsync(ServedResource resource, IObject obj, WriteOptions options, CancellationToken ct)
    {
        if (resource.Custom is not { } custom)
            return await TryPutAsync(resource, ObjectKey.Of(obj), obj, null, 0, options, ct);

        if (!custom.Creations.TryEnter())
            throw ApiException.NoSuchPath($"{resource.Type.QualifiedPlural} are no longer served");
        try
        {
            return await TryPutAsync(resource, ObjectKey.Of(obj), obj, null, 0, options, ct);
        }
        finally
        {
            custom.Creations.Leave();
        }
    }

    /// <summary>
    /// Writes the new state, unless it is the present one byte for byte, or but for the times of managedFields: then nothing is written and the
    /// version stays.
    /// </summary>
    /// <returns>Null if another writer was first.</returns>
    public async Task<StoredObject?> TryUpdateAsync(StoredObject current, IObject obj, WriteOptions options, CancellationToken ct)
    {
        var json = StoredJson.Encode(current.Resource, obj);
        var wanted = StoredJson.Splice(json, current.Revision, out _);
        // What lies in the store in an older version is written anew even if nothing changed: that is how storage is migrated.
        var isStoredSo = current.Resource.Custom is not { } custom || (current.Origin ?? current).Resource.Type.Version == custom.Storage.Type.Version;
        return isStoredSo && (wanted.AsSpan().SequenceEqual(current.Json.Span) || ManagedTimes.AreAllThatDiffers(current, obj, wanted)) && !await IsStaleAsync(current, ct)
            ? current
            : await TryPutAsync(current.Resource, current.Key, obj, json, current.Revision, options, ct);
    }

    /// <summary>What lies encrypted with an older key, or plain, is written anew even if nothing changed: that is how keys are rotated.</summary>
    private async ValueTask<bool> IsStaleAsync(StoredObject current, CancellationToken ct) =>
        encrypted is not null && await encrypted.IsStaleAsync(current.StorageKey, current.Revision, ct);

    /// <param name="last">The state to answer with.</param>
    /// <returns>The last state at the deletion's version, or null if another writer was first.</returns>
    public async Task<StoredObject?> TryDeleteAsync(StoredObject current, IObject last, WriteOptions options, CancellationToken ct)
    {
        if (options.IsDryRun)
            return StoredObject.Of(current.Resource, current.Key, current.StorageKey, current.Revision, StoredJson.Encode(current.Resource, last));
        ct.ThrowIfCancellationRequested();
        if (await store.TryDeleteAsync(current.StorageKey, current.Revision, CancellationToken.None) is not { } revision)
            return null;

        var gone = StoredObject.Of(current.Resource, current.Key, current.StorageKey, revision, StoredJson.Encode(current.Resource, last));
        await caches.WrittenAsync(current.Resource, current.Key, revision, gone.Json);
        return gone;
    }

    /// <param name="encoded">The object's bytes as the resource stores them, where they have been made already.</param>
    private async Task<StoredObject?> TryPutAsync(ServedResource resource, ObjectKey key, IObject obj, byte[]? encoded, long expected, WriteOptions options, CancellationToken ct)
    {
        var (asked, given) = (resource, obj);
        if (resource.Custom is { } custom)
            (resource, obj) = (custom.Storage, await custom.ToStorageAsync(resource, obj, ct));
        var json = encoded is not null && ReferenceEquals(given, obj) ? encoded : StoredJson.Encode(resource, obj);
        var storageKey = resource.StorageKey(key);
        if (options.IsDryRun)
        {
            var isAsExpected = (await caches.FindAsync(resource, key, ct))?.Revision is var there && (there ?? 0) == expected;
            return isAsExpected ? await StoredObject.Of(resource, key, storageKey, expected, json).ShownAsync(Shown(asked), ct) : null;
        }

        ct.ThrowIfCancellationRequested();
        return await store.TryPutAsync(storageKey, json, expected, CancellationToken.None) is { } revision
            ? await (await caches.WrittenAsync(resource, key, revision, json)).ShownAsync(Shown(asked), CancellationToken.None)
            : null;

        // Views of the server's own kinds are made by who asked.
        ServedResource Shown(ServedResource by) => by.Custom is null ? resource : by;
    }
}
