using Microsoft.Extensions.Logging;

namespace KubeSharp.Client.Watching;

/// <summary>Keeps its user informed of a kind's objects for ever: lists, watches, resumes, lists again when it must.</summary>
/// <param name="random">Spreads the attempts of many watchers to reach a server that was away.</param>
internal sealed partial class Watcher<T>(
    IClient client, ListQuery query, TimeProvider clock, Random random, ServerPresence presence, ILogger log)
    where T : class, IObject<T>
{
    private static readonly TimeSpan ShortWatch = TimeSpan.FromSeconds(1);

    /// <summary>client-go's reflector.</summary>
    private static readonly Backoff Waits = new(TimeSpan.FromMilliseconds(800), TimeSpan.FromSeconds(30), Jitter: 1);

    private bool _isRefused;

    /// <summary>Runs until cancelled. The two actions are called one at a time, in the order of the server's history.</summary>
    /// <param name="replaced">The whole truth at one version; what is missing in it is gone.</param>
    /// <param name="changed">One change after it; never a bookmark.</param>
    public async Task RunAsync(Action<ListResult<T>> replaced, Action<WatchChange<T>> changed, CancellationToken ct)
    {
        var state = WatcherState.Start;
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            if (state.Pauses)
                await Task.Delay(Waits.After(state.Failures, random), clock, ct);

            try
            {
                state = state.ResourceVersion is { } version
                    ? await WatchAsync(state, version, changed, ct)
                    : await ListAsync(state, replaced, ct);
            }
            catch (WatchBrokenException e)
            {
                // The server was there a moment ago. If it is not now, the next attempt finds out.
                state = e.InnerException is ApiException refused ? Failed(e.At, refused) : e.At.Step(WatcherInput.Failed);
            }
            catch (Exception e) when (IsServers(e))
            {
                state = Failed(state, e);
            }
        }
    }

    private async Task<WatcherState> ListAsync(WatcherState state, Action<ListResult<T>> replaced, CancellationToken ct)
    {
        var list = await client.ListAsync<T>(query, ct);
        Reached();
        replaced(list);
        return state.Step(WatcherInput.Listed, list.ResourceVersion);
    }

    /// <exception cref="WatchBrokenException">It failed half way; what was delivered before is kept.</exception>
    private async Task<WatcherState> WatchAsync(WatcherState state, string version, Action<WatchChange<T>> changed, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        var first = state;
        var isOpen = false;
        var watch = new WatchQuery(version, query.Namespace, query.LabelSelector, query.FieldSelector) { Opened = Open };
        try
        {
            await foreach (var change in client.WatchAsync<T>(watch, ct))
            {
                if (change.Type != WatchChangeType.Bookmark)
                    changed(change);
                state = state.Step(WatcherInput.Advanced, change.Object.Metadata.ResourceVersion);
            }
        }
        catch (Exception e) when (IsServers(e) && isOpen)
        {
            throw new WatchBrokenException(state, e);
        }

        var isShort = state == first && clock.GetElapsedTime(began) < ShortWatch;
        return state.Step(isShort ? WatcherInput.EndedAtOnce : WatcherInput.Ended);

        void Open()
        {
            isOpen = true;
            Reached();
        }
    }

    private void Reached()
    {
        _isRefused = false;
        presence.Back();
    }

    private WatcherState Failed(WatcherState state, Exception e)
    {
        if (e is ApiException { IsExpired: true })
            return state.Step(WatcherInput.Expired);

        if (e is not ApiException)
        {
            presence.Away(e);
        }
        else if (!_isRefused)
        {
            _isRefused = true;
            WatchRefused(T.Type.QualifiedPlural, e.Message);
        }

        return state.Step(WatcherInput.Failed);
    }

    private static bool IsServers(Exception e) => e is ApiException or HttpRequestException or IOException;

    [LoggerMessage(1, LogLevel.Warning, "The API server refuses to list or watch {Resource}, asking again: {Reason}")]
    private partial void WatchRefused(string resource, string reason);

    /// <summary>Carries how far the watch came out of the loop that was cut off.</summary>
    private sealed class WatchBrokenException(WatcherState at, Exception why) : Exception(why.Message, why)
    {
        public WatcherState At { get; } = at;
    }
}
