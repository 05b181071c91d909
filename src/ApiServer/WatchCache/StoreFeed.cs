using KubeSharp.ApiServer.Registry;
using KubeSharp.Store;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.WatchCache;

/// <summary>
/// Fills all watch caches from one watch of the whole store. One watch, because then one number says how far every cache is: a read is
/// consistent once the feed has passed the store's revision, whichever resource the last write was to.
/// </summary>
internal sealed partial class StoreFeed(IStore store, CacheTable caches, TimeProvider clock, ILogger<StoreFeed> log)
{
    private const int PageSize = 5000;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<TaskCompletionSource<bool>, long> _waiting = new();
    private bool _isOver;
    private Task _filling = Task.CompletedTask;
    private readonly Lock _applying = new();
    private Joining? _joining;
    private long _revision;

    /// <summary>A cache that is being filled beside the running feed, and the changes of it that the feed has passed meanwhile.</summary>
    private sealed record Joining(string Prefix, List<Change> Missed);

    /// <summary>Every change up to this revision is in the caches.</summary>
    public long Revision => Volatile.Read(ref _revision);

    /// <summary>Reads the whole store once. The caches can serve when it returns.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async Task StartAsync(CancellationToken ct)
    {
        using var turn = await NextTurnAsync();
        var first = await store.RangeAsync(new(StoragePrefixes.Root, Limit: 1), ct);
        await Task.WhenAll(caches.All.Select(async c => c.Fill(await ReadAsync(c.Resource, first.Revision, ct), first.Revision)));
        Publish(first.Revision);
    }

    /// <summary>Adds a cache beside the running feed, or fills the one that is at this place anew for a changed resource. It is whole when this returns.</summary>
    /// <param name="make">Makes the cache where there is none.</param>
    /// <exception cref="StoreException">The store cannot be read; nothing has changed.</exception>
    public async Task JoinAsync(ServedResource resource, Func<ResourceCache> make, CancellationToken ct)
    {
        using var turn = await NextTurnAsync();
        try
        {
            // From here on the feed keeps what it passes, so that nothing falls between the reading and the joining.
            var joining = new Joining(resource.StoragePrefix, []);
            lock (_applying)
                _joining = joining;
            var revision = (await store.RangeAsync(new(resource.StoragePrefix, Limit: 1), ct)).Revision;
            var objects = await ReadAsync(resource, revision, ct);
            lock (_applying)
            {
                var known = caches.Find(resource.StoragePrefix);
                var cache = known ?? make();
                cache.Fill(resource, objects, revision);
                foreach (var change in joining.Missed.Where(c => c.Entry.ModRevision > revision))
                    ApplyTo(cache, change);
                if (known is null)
                    caches.Add(cache);
            }
        }
        finally
        {
            lock (_applying)
                _joining = null;
        }
    }

    /// <summary>Follows the store until cancelled; survives its failures. Then nobody waits any longer.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await FollowAsync(ct);
        }
        finally
        {
            End();
        }
    }

    private async Task FollowAsync(CancellationToken ct)
    {
        var pause = TimeSpan.Zero;
        var mustRefill = false;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (mustRefill)
                    await StartAsync(ct);
                mustRefill = false;
                await foreach (var change in store.WatchAsync("", Revision, ct))
                {
                    Apply(change);
                    pause = TimeSpan.Zero;
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (CompactedException e)
            {
                FellBehind(e);
                mustRefill = true;
            }
            catch (StoreException e)
            {
                if (pause == TimeSpan.Zero)
                    WatchFailed(e);
            }

            pause = TimeSpan.FromSeconds(Math.Clamp(pause.TotalSeconds * 2, 0.1, LongestPause.TotalSeconds));
            await Task.Delay(pause, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Waits until the caches hold everything up to a revision.</summary>
    /// <returns>False if that took too long, or if the feed is over.</returns>
    public async ValueTask<bool> WaitAsync(long revision, TimeSpan patience, CancellationToken ct)
    {
        if (Revision >= revision)
            return true;

        var reached = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_isOver || _revision >= revision)
                return _revision >= revision;
            _waiting.Enqueue(reached, revision);
        }

        try
        {
            return await reached.Task.WaitAsync(patience, clock, ct);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Caches are filled one after another: two at once could each lose what the other had just applied.</summary>
    private async Task<Turn> NextTurnAsync()
    {
        var turn = new Turn();
        Task before;
        lock (_gate)
            (before, _filling) = (_filling, turn.Done);
        await before;
        return turn;
    }

    private sealed class Turn : IDisposable
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Done => _done.Task;

        public void Dispose() => _done.TrySetResult();
    }

    private async Task<List<StoredObject>> ReadAsync(ServedResource resource, long revision, CancellationToken ct)
    {
        var objects = new List<StoredObject>();
        var after = "";
        while (true)
        {
            var page = await store.RangeAsync(new(resource.StoragePrefix, after, PageSize, revision), ct);
            foreach (var entry in page.Entries)
            {
                if (TryRead(resource, entry) is { } obj)
                    objects.Add(obj);
            }

            if (page.Remaining == 0 || page.Entries.Count == 0)
                return objects;
            after = page.Entries[^1].Key;
        }
    }

    private void Apply(Change change)
    {
        var key = change.Entry.Key;
        lock (_applying)
        {
            if (_joining is { } joining && key.StartsWith(joining.Prefix, StringComparison.Ordinal))
                joining.Missed.Add(change);
            if (FindCache(key) is { } cache)
                ApplyTo(cache, change);
        }

        Publish(change.Entry.ModRevision);
    }

    private void ApplyTo(ResourceCache cache, Change change)
    {
        if (TryRead(cache.Resource, change.Entry) is { } obj)
            cache.Apply(change.Type, obj);
        else if (change.Type == ChangeType.Delete && cache.Find(StoredObject.KeyOf(cache.Resource, change.Entry.Key)) is { } last)
            cache.Apply(ChangeType.Delete, last.At(change.Entry.ModRevision)); // its last state cannot be read, but that it is gone is known
    }

    /// <summary>The cache with the longest prefix of the key: <c>/registry/services/specs/</c> before <c>/registry/services/</c>.</summary>
    private ResourceCache? FindCache(string key)
    {
        var end = key.Length;
        while (end > 0 && (end = key.LastIndexOf('/', end - 1)) >= 0)
        {
            if (caches.Find(key[..(end + 1)]) is { } cache)
                return cache;
        }

        return null;
    }

    /// <summary>One object that cannot be read must not take the others with it.</summary>
    private StoredObject? TryRead(ServedResource resource, Entry entry)
    {
        try
        {
            return StoredObject.Read(resource, entry);
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or DecodeException)
        {
            Unreadable(entry.Key, e);
            FindCache(entry.Key)?.Metrics.CouldNotDecode();
            return null;
        }
    }

    private void Publish(long revision)
    {
        lock (_gate)
        {
            Volatile.Write(ref _revision, Math.Max(_revision, revision));
            while (_waiting.TryPeek(out var reached, out var wanted) && wanted <= _revision)
            {
                _waiting.Dequeue();
                reached.TrySetResult(true);
            }
        }
    }

    private void End()
    {
        lock (_gate)
        {
            _isOver = true;
            while (_waiting.TryDequeue(out var reached, out _))
                reached.TrySetResult(false);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The watch of the store fell behind its history; all caches are filled anew")]
    private partial void FellBehind(Exception e);

    [LoggerMessage(2, LogLevel.Warning, "The watch of the store failed; trying again")]
    private partial void WatchFailed(Exception e);

    [LoggerMessage(3, LogLevel.Error, "The object at {Key} cannot be read and is not served")]
    private partial void Unreadable(string key, Exception e);
}
