using System.Globalization;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.ApiServer.WatchCache;
using KubeSharp.Store;
using ListOptions = KubeSharp.ApiServer.Verbs.ListOptions;

namespace KubeSharp.ApiServer.History;

/// <summary>What objects were, as far as the store remembers. Old versions come in the version asked for, defaulted and converted like any stored object.</summary>
/// <remarks>Every refusal is an <see cref="ApiException"/>. Thread-safe. Who may look is for the caller to ask.</remarks>
public sealed class ObjectHistory
{
    /// <summary>The most that one page holds.</summary>
    public const int MaxPage = 500;

    private readonly IStore _store;
    private readonly Caches _caches;
    private readonly Restoring _restoring;

    internal ObjectHistory(IStore store, Caches caches, Restoring restoring) => (_store, _caches, _restoring) = (store, caches, restoring);

    /// <summary>The object as it was at a version of the store.</summary>
    /// <exception cref="ApiException">404: it did not exist then. 410: that is no longer kept. 504: there is no such version yet.</exception>
    public async Task<CachedObject> FindAsync(ServedResource resource, ObjectKey key, long revision, CancellationToken ct)
    {
        if (revision > _store.Revision)
            await _caches.ReachAsync(revision, ct);
        var entry = await GuardedAsync(() => _store.FindAtAsync(StorageKey(resource, key), revision, ct))
            ?? throw NotFound(resource, key, $"it did not exist at resourceVersion {Text(revision)}");
        return await ShownAsync(resource, entry, ct);
    }

    /// <summary>The kept versions and deletions of one object, newest first.</summary>
    /// <exception cref="ApiException">404: nothing is kept of such an object. 400: the token is malformed.</exception>
    public async Task<ObjectVersions> VersionsAsync(ServedResource resource, ObjectKey key, int limit, string token, CancellationToken ct)
    {
        var page = await GuardedAsync(() => _store.VersionsAsync(new(StorageKey(resource, key), PageSize(limit), Before(token)), ct));
        if (page.Versions.Count == 0 && token.Length == 0)
            throw NotFound(resource, key, "nothing of it is left in the history");

        var next = page.IsLast ? "" : Text(page.Versions[^1].Entry.ModRevision);
        return new(resource, await ShownAsync(resource, page.Versions, ct), page.Revision, next);
    }

    /// <summary>The objects that were deleted and are not there now, by namespace and name; each with its last state.</summary>
    /// <param name="options">Namespace, selectors, limit and continue; a page may hold fewer than the limit where a selector leaves out others.</param>
    /// <exception cref="ApiException">400: a selector or the token is malformed.</exception>
    public async Task<ObjectVersions> DeletedAsync(ServedResource resource, ListOptions options, CancellationToken ct)
    {
        var selection = ListRules.Select(resource, options);
        var prefix = Caches.PrefixOf(_caches.Of(resource).Resource, options.Namespace);
        var after = options.Continue.Length > 0 ? ContinueToken.Parse(options.Continue, prefix).After : "";
        var page = await GuardedAsync(() => _store.DeletedAsync(new(prefix, PageSize(options.Limit), after), ct));

        var shown = await ShownAsync(resource, page.Versions, ct);
        var next = page.IsLast ? "" : ContinueToken.After(page.Versions[^1].Entry.Key, prefix, page.Revision);
        return new(resource, [.. shown.Where(v => selection.Matches((StoredObject)v.Object))], page.Revision, next);
    }

    /// <summary>Creates a deleted object anew, or makes a living one what it was; through admission, validation and all that a client's own write goes through.</summary>
    /// <returns>The object, and whether it was created.</returns>
    public async Task<(CachedObject Object, bool IsNew)> RestoreAsync(ServedResource resource, ObjectKey key, RestoreRequest request, WriteOptions options, CancellationToken ct)
    {
        var stored = resource.StoredForm?.Resource ?? resource;
        var current = await _caches.FindAsync(stored, key, ct);
        if (current?.Object.Metadata.DeletionTimestamp is not null)
            throw ApiException.Conflict(resource.Type.Group, resource.Type.Plural, key.Name, "the object is being deleted; it can be restored when it is gone");
        if (current is not null && request.Revision == 0)
            throw Lives(resource, key);

        await request.AuthorizeAsync(current is null ? "create" : "update");
        var entry = request.Revision == 0 ? await LastAsync(resource, key, ct) : await WantedAsync(resource, key, request.Revision, ct);
        var version = await (await GuardedAsync(() => ValueTask.FromResult(StoredObject.Read(_caches.Of(resource).Resource, entry)))).ShownAsync(stored, ct);
        try
        {
            var (obj, isNew) = await GuardedAsync(async () => current is null
                ? (await _restoring.CreateAsync(resource, version, options, ct), true)
                : (await _restoring.UpdateAsync(resource, version, options, ct), false));
            return (obj.As(resource), isNew);
        }
        catch (ApiException e) when (e.IsAlreadyExists)
        {
            throw Lives(resource, key); // somebody else has just created it
        }
    }

    /// <summary>What was there when the object was deleted.</summary>
    private async Task<Entry> LastAsync(ServedResource resource, ObjectKey key, CancellationToken ct)
    {
        var page = await GuardedAsync(() => _store.VersionsAsync(new(StorageKey(resource, key), 1), ct));
        return page.Versions is [{ Type: ChangeType.Delete } death] ? Before(death) : throw NotFound(resource, key, "nothing of it is left in the history");
    }

    /// <summary>What was there at a version; whoever names a deletion means what it took away.</summary>
    private async Task<Entry> WantedAsync(ServedResource resource, ObjectKey key, long revision, CancellationToken ct)
    {
        if (revision > _store.Revision)
            await _caches.ReachAsync(revision, ct);
        if (await GuardedAsync(() => _store.FindAtAsync(StorageKey(resource, key), revision, ct)) is { } entry)
            return entry;

        var page = await GuardedAsync(() => _store.VersionsAsync(new(StorageKey(resource, key), 1, revision + 1), ct));
        return page.Versions is [{ Type: ChangeType.Delete } death] && death.Entry.ModRevision == revision
            ? Before(death)
            : throw NotFound(resource, key, $"it did not exist at resourceVersion {Text(revision)}");
    }

    private static Entry Before(KeyVersion death) => death.Entry with { ModRevision = death.Previous };

    private async Task<IReadOnlyList<ObjectVersion>> ShownAsync(ServedResource resource, IReadOnlyList<KeyVersion> versions, CancellationToken ct)
    {
        var read = await GuardedAsync(() => ValueTask.FromResult(versions.Select(v => StoredObject.Read(_caches.Of(resource).Resource, v.Entry)).ToList()));
        await Views.PrepareAsync(read, resource, ct);
        return [.. versions.Select((v, i) => Version(v, read[i].As(resource)))];
    }

    private static ObjectVersion Version(KeyVersion version, StoredObject obj)
    {
        var verb = version.Type is ChangeType.Delete ? VersionVerb.Deleted : version.Previous == 0 ? VersionVerb.Created : VersionVerb.Updated;
        // Of a deletion managedFields only tell who wrote the object before.
        return new(obj, verb, version.Previous, version.Time, verb is VersionVerb.Deleted ? "" : VersionManagers.Of(obj.Object.Metadata, version.Time));
    }

    private async Task<CachedObject> ShownAsync(ServedResource resource, Entry entry, CancellationToken ct) =>
        (await (await GuardedAsync(() => ValueTask.FromResult(StoredObject.Read(_caches.Of(resource).Resource, entry)))).ShownAsync(resource, ct)).As(resource);

    private string StorageKey(ServedResource resource, ObjectKey key) => _caches.Of(resource).Resource.StorageKey(key);

    private static int PageSize(long limit) => limit is > 0 and < MaxPage ? (int)limit : MaxPage;

    private static long Before(string token) => token.Length == 0 ? 0
        : long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var before) && before > 0
            ? before
            : throw ApiException.BadRequest("invalid continue token: it was not given out by this server");

    private static ApiException NotFound(ServedResource resource, ObjectKey key, string why)
    {
        var plain = UpdateVerb.NotFound(resource, key).Status;
        return new(plain with { Message = $"{plain.Message} ({why})" });
    }

    private static ApiException Lives(ServedResource resource, ObjectKey key)
    {
        var plain = ApiException.AlreadyExists(resource.Type.Group, resource.Type.Plural, key.Name).Status;
        return new(plain with { Message = $"{plain.Message} (to bring an older version of it back, name that as resourceVersion; its history lists them)" });
    }

    private static string Text(long revision) => revision.ToString(CultureInfo.InvariantCulture);

    private static async Task<T> GuardedAsync<T>(Func<ValueTask<T>> read)
    {
        try
        {
            return await read();
        }
        catch (CompactedException e)
        {
            throw ApiException.Expired($"too old resource version: {Text(e.Revision)} ({Text(e.Oldest)})");
        }
        catch (Exception e) when (e is StoreException or DecodeException or System.Text.Json.JsonException)
        {
            throw ApiException.Internal(e.Message, e);
        }
    }
}
