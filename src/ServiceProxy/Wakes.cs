using System.Threading.Channels;
using KubeSharp.Linux.Nftables;

namespace KubeSharp.ServiceProxy;

/// <summary>What happened since the loop last looked. Anyone adds, one loop takes; a key added twice is there once.</summary>
internal sealed class Wakes
{
    /// <summary>Foreign transactions beyond this many say no more than one gap does.</summary>
    private const int MostChanges = 1000;

    private static readonly NftChange Gap = new(0, new HashSet<string>(), "", IsGap: true);

    private readonly Lock _gate = new();
    private readonly HashSet<ObjectKey> _keys = [];
    private readonly List<NftChange> _changes = [];

    /// <summary>Holds one bell that nobody has heard yet; ringing again while it waits says nothing new.</summary>
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Add(ObjectKey service) => AddAll([service]);

    public void AddAll(IEnumerable<ObjectKey> services)
    {
        lock (_gate)
            _keys.UnionWith(services);
        Again();
    }

    public void Add(NftChange change)
    {
        lock (_gate)
        {
            if (_changes.Count < MostChanges)
                _changes.Add(change);
            else
                _changes[^1] = Gap;
        }

        Again();
    }

    /// <summary>Lets the loop look though nothing is new.</summary>
    public void Again() => _bell.Writer.TryWrite(true);

    /// <summary>Waits until something happened and takes all of it.</summary>
    public async Task<(IReadOnlyCollection<ObjectKey> Services, IReadOnlyList<NftChange> Changes)> TakeAsync(CancellationToken ct)
    {
        await _bell.Reader.ReadAsync(ct);
        lock (_gate)
        {
            ObjectKey[] keys = [.. _keys];
            NftChange[] changes = [.. _changes];
            _keys.Clear();
            _changes.Clear();
            return (keys, changes);
        }
    }
}
