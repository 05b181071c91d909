using System.Threading.Channels;
using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.WatchCache;

/// <summary>One client's subscription. The feed writes what the client selects; the client's own request reads.</summary>
internal sealed class CacheWatcher(string ns, Func<StoredObject, bool> selects)
{
    /// <summary>How far a client may lag. A bounded queue that is full ends the watch: waiting for one slow client would hold up all others.</summary>
    private const int Capacity = 8192;

    private readonly Channel<CacheWatchItem> _items = Channel.CreateBounded<CacheWatchItem>(new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    public ChannelReader<CacheWatchItem> Items => _items.Reader;

    /// <summary>Empty for all namespaces.</summary>
    public string Namespace => ns;

    /// <summary>Offers a change.</summary>
    /// <returns>Whether the watch goes on.</returns>
    public bool Offer(CacheEvent change) => Translate(change) is not { } item || TryWrite(item);

    /// <summary>Wakes the reader so that it can send a bookmark; a client that is busy reading needs none.</summary>
    public void Tick() => _items.Writer.TryWrite(new(CacheWatchItemType.Tick, null));

    /// <summary>Whether changes were lost to this client: it must list or resume, and may not be told that it has seen anything more.</summary>
    public bool IsCut { get; private set; }

    public void End() => _items.Writer.TryComplete();

    public void Cut()
    {
        IsCut = true;
        End();
    }

    /// <summary>What a change means to a client that sees only what it selects.</summary>
    private CacheWatchItem? Translate(CacheEvent change)
    {
        if (ns.Length > 0 && change.Object.Key.Namespace != ns)
            return null;

        var was = change.Previous is { } previous && selects(previous);
        var isNow = !change.IsDeletion && selects(change.Object);
        return (was, isNow) switch
        {
            (false, true) => new(CacheWatchItemType.Added, change.Object),
            (true, true) => new(CacheWatchItemType.Modified, change.Object, change.Previous),
            // What leaves the selection is shown as it last was selected, at the version of the change.
            (true, false) => new(CacheWatchItemType.Deleted, change.IsDeletion ? change.Object : change.Previous!.At(change.Revision), change.Previous),
            _ => null,
        };
    }

    private bool TryWrite(CacheWatchItem item)
    {
        if (_items.Writer.TryWrite(item))
            return true;

        Cut();
        return false;
    }
}

internal enum CacheWatchItemType
{
    Added,
    Modified,
    Deleted,
    Tick,
}

/// <param name="Previous">The state before, where the client had selected that too.</param>
internal readonly record struct CacheWatchItem(CacheWatchItemType Type, StoredObject? Object, StoredObject? Previous = null);
