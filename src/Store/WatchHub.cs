using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace KubeSharp.Store;

/// <summary>Hands each committed change to the watches that want it, and joins their replay of history to what is live.</summary>
/// <param name="revision">The revision the store begins with.</param>
/// <param name="capacity">How many changes a watch may be behind.</param>
internal sealed class WatchHub(long revision, int capacity)
{
    private readonly Lock _gate = new();
    private readonly List<Watch> _watches = [];
    private long _revision = revision;
    private Exception? _closed;

    /// <summary>The revision up to which everything has been handed out.</summary>
    public long Revision => Volatile.Read(ref _revision);

    /// <summary>Called once for each group of changes, in revision order, when readers can see them.</summary>
    public void Publish(IReadOnlyList<Change> changes)
    {
        if (changes.Count == 0)
            return;

        lock (_gate)
        {
            for (var i = _watches.Count - 1; i >= 0; i--)
            {
                if (!_watches[i].TryOffer(changes))
                    _watches.RemoveAt(i);
            }

            // Last, so that nobody can learn of a revision whose change is not yet on its way to the watches.
            Volatile.Write(ref _revision, changes[^1].Entry.ModRevision);
        }
    }

    public async IAsyncEnumerable<Change> WatchAsync(
        string prefix, long after, HistoryReader read, [EnumeratorCancellation] CancellationToken ct)
    {
        // First without a subscription: a long replay must not overflow the buffer of live changes.
        for (var isLast = false; !isLast;)
        {
            var page = await read(prefix, after, ct);
            foreach (var change in page.Changes)
                yield return change;

            after = Math.Max(after, page.Through);
            isLast = page.IsLast;
        }

        var watch = new Watch(prefix, capacity);
        var joined = Add(watch);
        try
        {
            // What was committed between the last page and the subscription.
            while (after < joined)
            {
                var page = await read(prefix, after, ct);
                foreach (var change in page.Changes)
                    yield return change;

                after = page.Through;
            }

            await foreach (var change in watch.Changes.ReadAllAsync(ct))
            {
                // The history may have been read beyond the point of the subscription.
                if (change.Entry.ModRevision > after)
                    yield return change;
            }
        }
        finally
        {
            lock (_gate)
                _watches.Remove(watch);
        }
    }

    /// <summary>Ends every watch, now and later, with <paramref name="why"/>.</summary>
    public void Close(Exception why)
    {
        lock (_gate)
        {
            _closed = why;
            foreach (var watch in _watches)
                watch.End(why);

            _watches.Clear();
        }
    }

    /// <returns>The watch gets every change after this revision.</returns>
    private long Add(Watch watch)
    {
        lock (_gate)
        {
            if (_closed is { } why)
                throw why;

            _watches.Add(watch);
            return _revision;
        }
    }

    private sealed class Watch(string prefix, int capacity)
    {
        // Bounded; a full buffer ends the watch (TryWrite fails) rather than hold up the writer or the other watches.
        private readonly Channel<Change> _live = Channel.CreateBounded<Change>(
            new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });

        public ChannelReader<Change> Changes => _live.Reader;

        /// <returns><see langword="false"/>: too far behind; the watch is over.</returns>
        public bool TryOffer(IReadOnlyList<Change> changes)
        {
            foreach (var change in changes)
            {
                if (!change.Entry.Key.StartsWith(prefix, StringComparison.Ordinal) || _live.Writer.TryWrite(change))
                    continue;

                End(new CompactedException(change.Entry.ModRevision, changes[^1].Entry.ModRevision));
                return false;
            }

            return true;
        }

        public void End(Exception why) => _live.Writer.TryComplete(why);
    }
}
