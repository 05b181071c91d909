using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Controllers.GarbageCollection;

/// <summary>Keeps the graph current: one watch of metadata for every resource that can be deleted.</summary>
internal sealed partial class GraphSource(AnyObjects objects, OwnerGraph graph, TimeProvider clock, ILogger<GraphSource> log)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    /// <summary>A server that did not say what it serves is asked again after this time.</summary>
    private static readonly TimeSpan StalePause = TimeSpan.FromSeconds(30);

    // A wake-up says only that a definition changed; one that waits is enough.
    private readonly Channel<bool> _definitions = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private int _listed;

    /// <summary>Told of every object that a watch saw go; set before the source runs.</summary>
    public Action<ResourceType, ObjectKey>? Deleted { get; set; }

    /// <summary>Whether every resource was listed once: before that an absent owner may only be not yet known.</summary>
    public bool HasSynced => Volatile.Read(ref _listed) >= AnyObjects.Deletable.Count;

    public Task RunAsync(CancellationToken ct) => Task.WhenAll(AnyObjects.Deletable.Select(type => FollowAsync(new(type) { Pause = FirstPause }, ct)).Append(FollowCustomAsync(ct)));

    /// <summary>Follows the resources beyond the server's own; each change of a definition or APIService may have made one come or go.</summary>
    private async Task FollowCustomAsync(CancellationToken ct)
    {
        var followed = new Dictionary<(string Group, string Plural), Followed>();
        try
        {
            var isStale = false;
            while (true)
            {
                await WaitAsync(isStale ? StalePause : Timeout.InfiniteTimeSpan, ct);
                try
                {
                    var served = await objects.CustomAsync(ct);
                    await MatchAsync(followed, served, ct);
                    isStale = served.Stale.Count > 0;
                }
                catch (Exception e) when (e is ApiException or HttpRequestException or IOException or JsonException)
                {
                    WatchFailed("custom resources", e);
                    await Task.Delay(FirstPause, clock, ct);
                    _definitions.Writer.TryWrite(true);
                }
            }
        }
        finally
        {
            foreach (var one in followed.Values)
                await EndAsync(one);
        }
    }

    private async Task WaitAsync(TimeSpan longest, CancellationToken ct)
    {
        using var time = new CancellationTokenSource(longest, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct, time.Token);
        try
        {
            await _definitions.Reader.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // it is time
        }
    }

    private async Task MatchAsync(Dictionary<(string, string), Followed> followed, ServedBeyond served, CancellationToken ct)
    {
        // A resource that was gone when it was asked for ended by itself; if discovery names it still, the servers are not of one mind yet.
        foreach (var (key, gone) in followed.Where(f => f.Value.IsOver && IsNamed(f.Value.Type)).ToList())
        {
            await EndAsync(gone);
            followed[key] = Follow(gone.Type, Longer(gone.Pause), ct);
        }

        // What a server that is down serves is not gone: its objects stay in the graph.
        var ended = followed.Where(f => !IsNamed(f.Value.Type) && !served.Stale.Contains(f.Value.Type.ApiVersion));
        foreach (var (key, gone) in ended.ToList())
        {
            // The server ends the watch when all is said: the last deletions are heard, for they decide about dependents.
            gone.IsRetired = true;
            await Task.WhenAny(gone.Task, Task.Delay(LastWords, clock, ct));
            await EndAsync(gone);
            followed.Remove(key);
            graph.Unserved(gone.Type);
        }

        foreach (var type in served.Types.Where(t => !followed.ContainsKey((t.Group, t.Plural))))
            followed[(type.Group, type.Plural)] = Follow(type, FirstPause, ct);

        bool IsNamed(ResourceType type) => served.Types.Any(s => (s.Group, s.Plural, s.Version) == (type.Group, type.Plural, type.Version));
    }

    private Followed Follow(ResourceType type, TimeSpan pause, CancellationToken ct)
    {
        var one = new Followed(type) { Pause = pause, Stop = CancellationTokenSource.CreateLinkedTokenSource(ct) };
        one.Task = FollowAsync(one, one.Stop.Token);
        return one;
    }

    private static async Task EndAsync(Followed one)
    {
        await one.Stop!.CancelAsync(); // only custom resources end
        await one.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        one.Stop.Dispose();
    }

    private async Task FollowAsync(Followed one, CancellationToken ct)
    {
        var type = one.Type;
        var pause = one.Pause;
        var (wasListed, isDown) = (false, false);
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var version = await ListAsync(type, ct);
                if (!wasListed)
                    graph.Served(type);
                if (!wasListed && ApiCatalog.Groups.Any(g => g.Name == type.Group))
                    Interlocked.Increment(ref _listed);
                if (isDown)
                    IsBack(type.QualifiedPlural);
                (wasListed, isDown, pause) = (true, false, FirstPause);
                while (version is not null && !one.IsRetired)
                    version = await WatchAsync(type, version, ct);
            }
            catch (ApiException e) when (e.Code == 404 && one.Stop is not null)
            {
                // Its definition is gone, and discovery knows; where it does not yet, another question after a while tells.
                one.Pause = pause;
                if (!one.IsRetired)
                    await Task.Delay(pause, clock, ct);
                one.IsOver = true;
                _definitions.Writer.TryWrite(true);
                return;
            }
            catch (Exception e) when (e is ApiException or HttpRequestException or IOException or DecodeException or JsonException)
            {
                if (!isDown && !one.IsRetired)
                    WatchFailed(type.QualifiedPlural, e);
                isDown = true;
                if (!one.IsRetired)
                    await Task.Delay(pause, clock, ct);
                pause = Longer(pause);
            }

            if (one.IsRetired)
                return;
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;

    private async Task<string> ListAsync(ResourceType type, CancellationToken ct)
    {
        var list = await objects.ListAsync(type, "", ct);
        NoteDefinition(type);
        foreach (var item in list.Items)
            graph.Put(NodeOf(type, item.Metadata));
        graph.Keep(type, [.. list.Items.Select(i => i.Metadata.Uid)]);
        return list.Metadata.ResourceVersion;
    }

    /// <returns>From where to go on watching, or <see langword="null"/> if the resource must be listed again.</returns>
    private async Task<string?> WatchAsync(ResourceType type, string version, CancellationToken ct)
    {
        using var answer = await objects.WatchAsync(type, version, ct);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(ct));
        while (await reader.ReadLineAsync(ct) is { Length: > 0 } line)
        {
            using var change = JsonDocument.Parse(line);
            var kind = change.RootElement.GetProperty("type").GetString();
            if (kind == "ERROR")
                return null;

            var body = change.RootElement.GetProperty("object");
            var metadata = Json.Decode<PartialObjectMetadata>(JsonMarshal.GetRawUtf8Value(body)).Metadata;
            version = metadata.ResourceVersion;
            if (kind != "BOOKMARK")
                NoteDefinition(type);
            if (kind == "DELETED")
            {
                graph.Remove(metadata.Uid, isDeleted: true);
                Deleted?.Invoke(type, new(metadata.Namespace, metadata.Name));
            }
            else if (kind != "BOOKMARK")
                graph.Put(NodeOf(type, metadata));
        }

        return version;
    }

    private void NoteDefinition(ResourceType type)
    {
        if (type.Plural is "customresourcedefinitions" or "apiservices")
            _definitions.Writer.TryWrite(true);
    }

    /// <summary>Only what the graph uses is kept: annotations and labels of a whole cluster are much memory.</summary>
    private static GraphNode NodeOf(ResourceType type, ObjectMeta metadata) => new(type, new(metadata.Namespace, metadata.Name), new()
    {
        Name = metadata.Name,
        Namespace = metadata.Namespace,
        Uid = metadata.Uid,
        ResourceVersion = metadata.ResourceVersion,
        OwnerReferences = metadata.OwnerReferences,
        Finalizers = metadata.Finalizers,
        DeletionTimestamp = metadata.DeletionTimestamp,
    });

    [LoggerMessage(1, LogLevel.Warning, "Watching {Resource} for garbage collection failed; trying again")]
    private partial void WatchFailed(string resource, Exception e);

    [LoggerMessage(2, LogLevel.Information, "Watching {Resource} for garbage collection works again")]
    private partial void IsBack(string resource);
}
