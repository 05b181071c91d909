namespace KubeSharp.ApiServer.WatchCache;

/// <summary>
/// The recent changes of one resource, so that a client that was cut off goes on where it stood. At least <see cref="Min"/> are kept, more
/// (up to <see cref="Max"/>) while they are younger than <see cref="Fresh"/>. Not thread-safe: its cache's lock guards it.
/// </summary>
internal sealed class EventRing(TimeProvider clock)
{
    private const int Min = 1024;
    private const int Max = 32 * 1024;

    /// <summary>A client that lists 10,000 objects over a slow line needs this long before it watches (upstream: 75 s).</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(75);

    private readonly Queue<(CacheEvent Event, long At)> _events = new();

    /// <summary>All changes after this revision are here.</summary>
    public long Start { get; private set; }

    public void Restart(long revision)
    {
        _events.Clear();
        Start = revision;
    }

    public void Add(CacheEvent change)
    {
        _events.Enqueue((change, clock.GetTimestamp()));
        while (_events.Count > Min && (_events.Count > Max || clock.GetElapsedTime(_events.Peek().At) > Fresh))
            Start = _events.Dequeue().Event.Revision;
    }

    public IEnumerable<CacheEvent> After(long revision) => _events.Select(e => e.Event).Where(e => e.Revision > revision);
}
