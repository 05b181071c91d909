using System.Text;

namespace KubeSharp.Store.Tests;

/// <summary>
/// Runs a program of writes, compactions, restarts and watches against a store and a model beside it. What a watch yields must be the
/// model's next change for it, each time; that its place is compacted it may say only if that is so, or if it lagged too far behind.
/// </summary>
internal sealed class WatchProgram(Func<Task<IStore>> open, int watchBuffer) : IAsyncDisposable
{
    private static readonly string[] Keys = ["/a/1", "/a/2", "/a/3", "/b/1", "/b/2", "/c"];
    private static readonly string[] Prefixes = ["/", "/a/", "/b/1"];
    private static readonly TimeSpan Hopeless = TimeSpan.FromSeconds(60);

    private readonly List<Expected> _history = [];
    private readonly Dictionary<string, Expected> _current = [];
    private readonly List<Client> _clients = [];
    private IStore _store = null!;
    private long _revision = 1;
    private long _oldest = 1;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async Task RunAsync(IEnumerable<WatchStep> steps)
    {
        _store = await open();
        foreach (var step in steps)
            await DoAsync(step);

        // Whatever was left unread comes all the same, and nothing after it.
        foreach (var key in Keys)
            await PutAsync(key);
        foreach (var client in _clients)
        {
            while (Next(client) is not null)
                await ReadAsync(client);
            await ReadAsync(client);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            await client.DropAsync();
        await _store.DisposeAsync();
    }

    private async Task DoAsync(WatchStep step)
    {
        switch (step.Type)
        {
            case WatchStepType.Put:
                await PutAsync(Keys[step.What % Keys.Length]);
                break;
            case WatchStepType.Delete:
                await DeleteAsync(Keys[step.What % Keys.Length]);
                break;
            case WatchStepType.Compact:
                _oldest = Math.Clamp(_revision - (step.Much % 8), _oldest, _revision);
                await _store.CompactAsync(_oldest, Ct);
                break;
            case WatchStepType.Restart:
                await RestartAsync();
                break;
            case WatchStepType.Open:
                _clients.Add(new(Prefixes[step.What % Prefixes.Length], Math.Max(0, _revision - (step.Much % 12))));
                break;
            case WatchStepType.Read when _clients.Count > 0:
                for (var i = 0; i <= step.Much % 6; i++)
                    await ReadAsync(_clients[step.What % _clients.Count]);
                break;
            case WatchStepType.Drop when _clients.Count > 0:
                await _clients[step.What % _clients.Count].DropAsync(); // it resumes with its next reading
                break;
        }
    }

    private async Task PutAsync(string key)
    {
        var old = _current.GetValueOrDefault(key);
        var value = $"{key}@{_revision + 1}";
        Assert.Equal(_revision + 1, await _store.TryPutAsync(key, Encoding.UTF8.GetBytes(value), old?.Revision ?? 0, Ct));
        var change = new Expected(++_revision, key, ChangeType.Put, value, old?.Value ?? "", old?.Created ?? _revision);
        Add(change);
        _current[key] = change;
    }

    private async Task DeleteAsync(string key)
    {
        var old = _current.GetValueOrDefault(key);
        var expected = old is null ? (long?)null : _revision + 1;
        Assert.Equal(expected, await _store.TryDeleteAsync(key, old?.Revision ?? 0, Ct));
        if (old is null)
            return;

        Add(new(++_revision, key, ChangeType.Delete, old.Value, old.Value, old.Created));
        _current.Remove(key);
    }

    private void Add(Expected change)
    {
        _history.Add(change);
        foreach (var client in _clients.Where(c => c.IsOpen))
            client.HasLagged |= _history.Count(c => c.Revision > client.After && c.Key.StartsWith(client.Prefix, StringComparison.Ordinal)) > watchBuffer;
    }

    private async Task RestartAsync()
    {
        foreach (var client in _clients)
            await client.DropAsync();
        await _store.DisposeAsync();
        _store = await open();
        Assert.Equal(_revision, _store.Revision);
    }

    private Expected? Next(Client client) =>
        _history.Find(c => c.Revision > client.After && c.Key.StartsWith(client.Prefix, StringComparison.Ordinal));

    private async Task ReadAsync(Client client)
    {
        var move = client.Move(_store, Ct);
        if (Next(client) is not { } next)
        {
            await Task.Yield();
            Assert.False(move.IsCompletedSuccessfully, "there is nothing to tell"); // it may have been told to list anew
            return;
        }

        try
        {
            Assert.True(await move.WaitAsync(Hopeless, Ct));
        }
        catch (CompactedException)
        {
            var hasLagged = client.HasLagged;
            await client.DropAsync();
            if (client.After >= _oldest - 1)
                Assert.True(hasLagged, "it was cut, and neither is its place gone nor did it lag"); // else it resumes without loss
            else
                await ListAsync(client);
            return;
        }

        var change = client.Take();
        Assert.Equal(next, new(
            change.Entry.ModRevision, change.Entry.Key, change.Type, Text(change.Entry.Value), Text(change.Previous), change.Entry.CreateRevision));
        client.After = next.Revision;
    }

    /// <summary>What a client does that is told its place is gone: the list is the state, and from there it goes on.</summary>
    private async Task ListAsync(Client client)
    {
        var list = await _store.RangeAsync(new(client.Prefix), Ct);
        Assert.Equal(_revision, list.Revision);
        Assert.Equal(
            _current.Values.Where(c => c.Key.StartsWith(client.Prefix, StringComparison.Ordinal)).OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => (c.Key, c.Value, c.Revision, c.Created)),
            list.Entries.Select(e => (e.Key, Text(e.Value), e.ModRevision, e.CreateRevision)));
        client.After = list.Revision;
    }

    private static string Text(ReadOnlyMemory<byte> value) => Encoding.UTF8.GetString(value.Span);

    private sealed record Expected(long Revision, string Key, ChangeType Type, string Value, string Previous, long Created);

    /// <summary>Where it stands is all it keeps; its stream may break at any time.</summary>
    private sealed class Client(string prefix, long after)
    {
        private IAsyncEnumerator<Change>? _stream;
        private CancellationTokenSource? _stop;
        private Task<bool>? _move;

        public string Prefix => prefix;

        public long After { get; set; } = after;

        public bool IsOpen => _stream is not null;

        /// <summary>Since its stream was opened more than the buffer holds was on its way to it at once.</summary>
        public bool HasLagged { get; set; }

        public Task<bool> Move(IStore store, CancellationToken ct)
        {
            if (_stream is null)
            {
                _stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
                _stream = store.WatchAsync(prefix, After, _stop.Token).GetAsyncEnumerator(_stop.Token);
            }

            return _move ??= _stream.MoveNextAsync().AsTask();
        }

        public Change Take()
        {
            _move = null;
            return _stream!.Current;
        }

        public async Task DropAsync()
        {
            if (_stream is null)
                return;

            await _stop!.CancelAsync();
            if (_move is not null)
                await ((Task)_move).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _stream.DisposeAsync();
            _stop.Dispose();
            (_stream, _stop, _move, HasLagged) = (null, null, null, false);
        }
    }
}
