using System.Globalization;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.WatchCache;
using KubeSharp.Store;

namespace KubeSharp.ApiServer.Verbs;

/// <summary>GET of a collection. The present comes out of the watch cache, the past (later pages, exact versions) out of the store's history.</summary>
internal sealed class ListVerb(Caches caches, IStore store)
{
    private const string Expired =
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue "
        + "token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, "
        + "modified, or deleted between the time the first chunk was returned and now may show up in the list.";

    /// <summary>How many are read at once where a selector lets only some through.</summary>
    private const int ChunkSize = 1000;

    public async ValueTask<ListAnswer> RunAsync(ServedResource resource, ListOptions options, CancellationToken ct)
    {
        var answer = await StoredAsync(resource, options, ct);
        if (resource.Custom is null)
            return answer;

        // All of them at once: a webhook is asked once.
        var stored = answer.Items.Cast<StoredObject>().ToList();
        await Views.PrepareAsync(stored, resource, ct);
        return answer with { Items = [.. stored.Select(o => o.As(resource))] };
    }

    /// <summary>The answer; custom resources in it in the versions in which they are stored.</summary>
    private async ValueTask<ListAnswer> StoredAsync(ServedResource resource, ListOptions options, CancellationToken ct)
    {
        ListRules.ValidateList(options);
        var selection = ListRules.Select(resource, options);
        var version = ListRules.ParseVersion(options.ResourceVersion);
        if (options.Continue.Length > 0)
        {
            if (version > 0)
                throw ApiException.BadRequest("specifying resource version is not allowed when using continue");
            return await ContinueAsync(resource, options, selection, ct);
        }

        var isExact = version > 0 && (options.ResourceVersionMatch == "Exact" || (options.ResourceVersionMatch.Length == 0 && options.Limit > 0));
        if (isExact)
            return await HistoryAsync(resource, options, selection, "", version, ct);

        if (version > 0)
            await caches.ReachAsync(version, ct);
        var snapshot = options.ResourceVersion.Length == 0
            ? await caches.ListAsync(resource, options.Namespace, ct)
            : caches.Of(resource).Snapshot(options.Namespace, caches.Revision);
        if (selection.Name is { } name && (options.Namespace.Length > 0 || !resource.Type.Namespaced))
            snapshot = snapshot.Only(new(options.Namespace, name));
        if (selection.NeedsViews)
            await Views.PrepareAsync([.. snapshot.Objects.Where(selection.MatchesLabels)], resource, ct);
        var isWhole = selection.IsEverything && (options.Limit <= 0 || options.ResourceVersion == "0") && ReferenceEquals(caches.Of(resource).Resource, resource);
        var page = isWhole ? new(resource, snapshot.Objects, Text(snapshot.Revision)) : Page(resource, options, selection, snapshot);
        caches.Of(resource).Metrics.Listed(snapshot.Objects.Count, page.Items.Count);
        return page;
    }

    private static ListAnswer Page(ServedResource resource, ListOptions options, Selection selection, CacheSnapshot snapshot)
    {
        var limit = options is { Limit: > 0, ResourceVersion: not "0" } ? options.Limit : long.MaxValue;
        var items = new List<CachedObject>(selection.IsEverything ? (int)Math.Min(limit, snapshot.Objects.Count) : 16);
        var lastKey = "";
        for (var i = 0; i < snapshot.Objects.Count; i++)
        {
            var obj = snapshot.Objects[i];
            if (!selection.Matches(obj))
                continue;

            if (items.Count == limit)
            {
                var prefix = Caches.PrefixOf(resource, options.Namespace);
                long? remaining = selection.IsEverything ? snapshot.Objects.Count - i : null;
                return new(resource, items, Text(snapshot.Revision), ContinueToken.After(lastKey, prefix, snapshot.Revision), remaining);
            }

            items.Add(Shown(obj, resource));
            lastKey = obj.StorageKey;
        }

        return new(resource, items, Text(snapshot.Revision));
    }

    private async Task<ListAnswer> ContinueAsync(ServedResource resource, ListOptions options, Selection selection, CancellationToken ct)
    {
        var prefix = Caches.PrefixOf(resource, options.Namespace);
        var (after, revision) = ContinueToken.Parse(options.Continue, prefix);
        try
        {
            return await HistoryAsync(resource, options, selection, after, Math.Max(revision, 0), ct);
        }
        catch (ApiException e) when (e.IsExpired)
        {
            var status = ApiException.Expired(Expired).Status;
            throw new ApiException(status with { Metadata = new() { Continue = ContinueToken.After(after, prefix, -1) } }, e);
        }
    }

    private async Task<ListAnswer> HistoryAsync(ServedResource resource, ListOptions options, Selection selection, string after, long revision, CancellationToken ct)
    {
        var (answer, read) = await FromStoreAsync(resource, options, selection, after, revision, ct);
        caches.Of(resource).Metrics.ListedFromStore(read, selection.IsEverything ? 0 : read, answer.Items.Count);
        return answer;
    }

    private async Task<(ListAnswer Answer, int Read)> FromStoreAsync(ServedResource resource, ListOptions options, Selection selection, string after, long revision, CancellationToken ct)
    {
        var prefix = Caches.PrefixOf(resource, options.Namespace);
        var limit = options.Limit > 0 ? options.Limit : long.MaxValue;
        var items = new List<CachedObject>();
        var read = 0;
        if (revision > store.Revision)
            await caches.ReachAsync(revision, ct);
        // For all others the past ends where it ends upstream.
        if (revision > 0 && revision < store.RecentRevision && !(options.MayReadPast is { } mayReadPast && await mayReadPast(ct)))
            throw TooOld(revision, store.RecentRevision);
        while (true)
        {
            var chunk = (int)Math.Min(selection.IsEverything ? limit - items.Count : ChunkSize, ChunkSize);
            var range = await RangeAsync(new(prefix, after, chunk, revision), ct);
            revision = range.Revision;
            read += range.Entries.Count;
            var objects = range.Entries.Select(e => Known(resource, e)).ToList();
            if (selection.NeedsViews)
                await Views.PrepareAsync([.. objects.Where(selection.MatchesLabels)], resource, ct);
            for (var i = 0; i < objects.Count; i++)
            {
                var obj = objects[i];
                after = obj.StorageKey;
                if (!selection.Matches(obj))
                    continue;

                items.Add(Shown(obj, resource));
                var left = range.Entries.Count - i - 1 + range.Remaining;
                if (items.Count == limit && left > 0)
                    return (new(resource, items, Text(revision), ContinueToken.After(after, prefix, revision), selection.IsEverything ? left : null), read);
            }

            if (range.Remaining == 0 || range.Entries.Count == 0)
                return (new(resource, items, Text(revision)), read);
        }
    }

    private async Task<RangeResult> RangeAsync(RangeQuery query, CancellationToken ct)
    {
        try
        {
            return await store.RangeAsync(query, ct);
        }
        catch (CompactedException e)
        {
            throw TooOld(query.Revision, e.Oldest);
        }
    }

    private static ApiException TooOld(long revision, long oldest) => ApiException.Expired($"too old resource version: {Text(revision)} ({Text(oldest)})");

    /// <summary>The cache's own instance where it has this very version: then nothing is parsed.</summary>
    private StoredObject Known(ServedResource resource, Entry entry)
    {
        var cache = caches.Of(resource);
        var read = StoredObject.KeyOf(cache.Resource, entry.Key);
        return cache.Find(read) is { } known && known.Revision == entry.ModRevision ? known : StoredObject.Read(cache.Resource, entry);
    }

    private static StoredObject Shown(StoredObject obj, ServedResource resource) => resource.Custom is null ? obj.As(resource) : obj;

    private static string Text(long revision) => revision.ToString(CultureInfo.InvariantCulture);
}
