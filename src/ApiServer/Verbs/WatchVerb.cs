using System.Runtime.CompilerServices;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.WatchCache;

namespace KubeSharp.ApiServer.Verbs;

/// <summary>A watch: the state if asked for, then every change once and in order, until the timeout or until the client is too slow.</summary>
internal sealed class WatchVerb(Caches caches, Chance chance)
{
    /// <summary>Upstream's <c>--min-request-timeout</c>: watches without a timeout of their own end between once and twice this.</summary>
    private const int DefaultTimeoutSeconds = 1800;
    private static readonly TimeSpan BookmarkPeriod = TimeSpan.FromMinutes(1);

    /// <summary>Checks at once, so that what is wrong is an answer and not an event; the stream comes after.</summary>
    /// <exception cref="ApiException">400 or 422.</exception>
    public IAsyncEnumerable<WatchEvent> Run(ServedResource resource, ListOptions options, CancellationToken ct)
    {
        ListRules.ValidateWatch(options);
        var selection = ListRules.Select(resource, options);
        var version = ListRules.ParseVersion(options.ResourceVersion);
        return StreamAsync(resource, options, selection, version, ct);
    }

    private async IAsyncEnumerable<WatchEvent> StreamAsync(
        ServedResource resource, ListOptions options, Selection selection, long version, [EnumeratorCancellation] CancellationToken ct)
    {
        var cache = caches.Of(resource);
        var begins = options.SendInitialEvents ?? version == 0;
        if (options.ResourceVersion.Length == 0)
            await caches.FindAsync(resource, new("", ""), ct); // the newest: wait for what was written before
        else if (options.SendInitialEvents == true && version > 0)
            await caches.ReachAsync(version, ct);

        // The cache cannot wait for a webhook: what a version's own fields select is told here, after it was asked.
        var watcher = new CacheWatcher(options.Namespace, selection.NeedsViews ? selection.MatchesLabels : selection.Matches);
        try
        {
            long? after = begins ? null : version > 0 ? version : caches.Revision;
            if (cache.Watch(watcher, after, caches.Revision) is not { } start)
            {
                yield return TooOld(version, caches.Revision);
                yield break;
            }

            using var ticks = options.AllowWatchBookmarks ? caches.Clock.CreateTimer(_ => watcher.Tick(), null, BookmarkPeriod, BookmarkPeriod) : null;
            using var end = caches.Clock.CreateTimer(_ => watcher.End(), null, Timeout(options), System.Threading.Timeout.InfiniteTimeSpan);

            await Views.PrepareAsync(selection.NeedsViews ? [.. start.Objects.Where(selection.MatchesLabels)] : start.Objects, resource, ct);
            foreach (var obj in start.Objects)
            {
                if (selection.Matches(obj))
                    yield return new(WatchEventType.Added, obj.As(resource), obj.Revision);
            }

            if (options is { SendInitialEvents: true, AllowWatchBookmarks: true })
                yield return new(WatchEventType.Bookmark, null, start.Revision, EndsInitialEvents: true);

            var from = begins ? start.Revision : after ?? 0;
            await foreach (var change in FollowAsync(resource, selection, watcher, from, options.AllowWatchBookmarks, ct))
                yield return change;
        }
        finally
        {
            cache.Unwatch(watcher);
        }
    }

    private async IAsyncEnumerable<WatchEvent> FollowAsync(
        ServedResource resource, Selection selection, CacheWatcher watcher, long from, bool wantsBookmarks, [EnumeratorCancellation] CancellationToken ct)
    {
        var items = watcher.Items;
        var seen = from;
        var mustMark = false;
        var passed = 0L;
        while (await items.WaitToReadAsync(ct))
        {
            while (items.TryRead(out var item))
            {
                if (item.Type == CacheWatchItemType.Tick)
                {
                    // Whatever the feed has passed by now is in the queue already: it is sent first.
                    (mustMark, passed) = (true, caches.Revision);
                    continue;
                }

                var obj = item.Object!;
                if (obj.Revision <= from)
                    continue; // the client is ahead of this server

                seen = Math.Max(seen, obj.Revision);
                if ((selection.NeedsViews ? await ReselectAsync(item, selection, resource, ct) : item) is { Object: { } selected } shown)
                    yield return new(TypeOf(shown.Type), await selected.ShownAsync(resource, ct), obj.Revision);
            }

            if (!mustMark || watcher.IsCut)
                continue;
            seen = Math.Max(seen, passed);
            mustMark = false;
            yield return new(WatchEventType.Bookmark, null, seen);
        }

        if (wantsBookmarks)
            yield return new(WatchEventType.Bookmark, null, seen);
    }

    /// <summary>What a change means to a client that selects by fields of its version, once a webhook has shown it and what was before.</summary>
    /// <returns>Null for what the client does not see.</returns>
    private static async ValueTask<CacheWatchItem?> ReselectAsync(CacheWatchItem item, Selection selection, ServedResource resource, CancellationToken ct)
    {
        var (now, before) = (item.Object!, item.Previous);
        await Views.PrepareAsync(before is null ? [now] : [now, before], resource, ct);
        var was = item.Type != CacheWatchItemType.Added && before is not null && selection.Matches(before);
        var isNow = item.Type != CacheWatchItemType.Deleted && selection.Matches(now);
        return (was, isNow) switch
        {
            (false, true) => item with { Type = CacheWatchItemType.Added },
            (true, true) => item,
            (true, false) => new(CacheWatchItemType.Deleted, item.Type == CacheWatchItemType.Deleted ? now : before!.At(now.Revision)),
            _ => null,
        };
    }

    private TimeSpan Timeout(ListOptions options) =>
        TimeSpan.FromSeconds(options.TimeoutSeconds > 0 ? options.TimeoutSeconds : DefaultTimeoutSeconds + chance.Next(DefaultTimeoutSeconds));

    private static WatchEvent TooOld(long version, long current) =>
        new(WatchEventType.Error, null, Error: ApiException.Expired($"too old resource version: {version} ({current})").Status);

    private static WatchEventType TypeOf(CacheWatchItemType type) => type switch
    {
        CacheWatchItemType.Added => WatchEventType.Added,
        CacheWatchItemType.Modified => WatchEventType.Modified,
        _ => WatchEventType.Deleted,
    };
}
