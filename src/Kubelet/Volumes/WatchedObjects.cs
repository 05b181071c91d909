using KubeSharp.Client;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Kubelet.Volumes;

/// <summary>Single objects of one kind, each kept current by a watch of its own as long as a pod refers to it.</summary>
internal sealed partial class WatchedObjects<T>(IClient client, Action<string> changed, TimeProvider clock, ILogger log) : IAsyncDisposable
    where T : class, IObject<T>
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, Entry> _entries = [];
    private readonly HashSet<Task> _ended = [];

    public async ValueTask<T?> FindAsync(ObjectKey key, string podUid, CancellationToken ct)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var entry))
            {
                entry = new();
                entry.Loop = FollowAsync(key, entry);
                _entries[key] = entry;
            }

            // A new pod may rest on a write that the watch has yet to bring: it gets the server's own answer.
            if (!entry.Pods.Add(podUid) && entry.IsLive)
                return entry.Value;
        }

        return await client.FindAsync<T>(key, ct);
    }

    public void Release(string podUid)
    {
        lock (_gate)
        {
            foreach (var (key, entry) in _entries.ToList())
            {
                if (entry.Pods.Remove(podUid) && entry.Pods.Count == 0)
                    End_NeedsLock(key, entry);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] loops;
        lock (_gate)
        {
            foreach (var (key, entry) in _entries.ToList())
                End_NeedsLock(key, entry);
            loops = [.. _ended];
        }

        await Task.WhenAll(loops);
    }

    private void End_NeedsLock(ObjectKey key, Entry entry)
    {
        _entries.Remove(key);
        entry.Stop.Cancel();
        _ended.RemoveWhere(t => t.IsCompleted);
        _ended.Add(entry.Loop);
    }

    private async Task FollowAsync(ObjectKey key, Entry entry)
    {
        await Task.Yield(); // the caller holds the lock
        var ct = entry.Stop.Token;
        var selector = $"metadata.name={key.Name}";
        for (var retry = FirstRetry; !ct.IsCancellationRequested; retry = retry * 2 < LongestRetry ? retry * 2 : LongestRetry)
        {
            try
            {
                var list = await client.ListAsync<T>(new(key.Namespace, FieldSelector: selector), ct);
                Put(entry, list.Items is [var found, ..] ? found : null);
                retry = FirstRetry;
                await foreach (var change in client.WatchAsync<T>(new(list.ResourceVersion, key.Namespace, FieldSelector: selector), ct))
                {
                    if (change.Type != WatchChangeType.Bookmark)
                        Put(entry, change.Type == WatchChangeType.Deleted ? null : change.Object);
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is ApiException or HttpRequestException or IOException or OperationCanceledException)
            {
                WatchEnded(e, T.Type.Kind, key);
            }

            lock (_gate)
                entry.IsLive = false; // until the next list, askers ask the server
            try
            {
                await Task.Delay(retry, clock, ct);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Put(Entry entry, T? value)
    {
        string[] pods;
        lock (_gate)
        {
            var isNews = entry.IsKnown && entry.Value?.Metadata.ResourceVersion != value?.Metadata.ResourceVersion;
            (entry.Value, entry.IsLive, entry.IsKnown) = (value, true, true);
            pods = isNews ? [.. entry.Pods] : [];
        }

        foreach (var pod in pods)
            changed(pod);
    }

    private sealed class Entry
    {
        public HashSet<string> Pods { get; } = [];

        public CancellationTokenSource Stop { get; } = new();

        public Task Loop { get; set; } = Task.CompletedTask;

        public T? Value { get; set; }

        /// <summary>Whether the watch runs, so that <see cref="Value"/> is current.</summary>
        public bool IsLive { get; set; }

        public bool IsKnown { get; set; }
    }

    [LoggerMessage(1, LogLevel.Debug, "The watch of {Kind} {Key} ended")]
    private partial void WatchEnded(Exception e, string kind, ObjectKey key);
}
