using System.Threading.Channels;
using KubeSharp.Objects.StorageV1;

namespace KubeSharp.Scheduler.Cycle;

/// <summary>Where the informers and the binders leave what they know for the scheduler's loop, the one owner of all state.</summary>
/// <remarks>Bounded by the number of objects: a later state of an object replaces the earlier one.</remarks>
internal sealed class Inbox
{
    private readonly Lock _gate = new();

    // One signal is as good as many: the reader takes everything there is.
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private Changes _filling = new();
    private Changes _spare = new();

    public void Post(Pod? old, Pod? current) => Post(c => c.Pods[ObjectKey.Of((current ?? old)!)] = current);

    public void Post(Node? old, Node? current) => Post(c => c.Nodes[(current ?? old)!.Metadata.Name] = current);

    public void Post(Namespace? old, Namespace? current) => Post(c => c.Namespaces[(current ?? old)!.Metadata.Name] = current);

    public void Post(PersistentVolumeClaim? old, PersistentVolumeClaim? current) => Post(c => c.Claims[ObjectKey.Of((current ?? old)!)] = current);

    public void Post(PersistentVolume? old, PersistentVolume? current) => Post(c => c.Volumes[(current ?? old)!.Metadata.Name] = current);

    public void Post(StorageClass? old, StorageClass? current) => Post(c => c.StorageClasses[(current ?? old)!.Metadata.Name] = current);

    public void Post(BindOutcome outcome) => Post(c => c.Bindings.Add(outcome));

    /// <summary>Makes <see cref="WaitAsync"/> return.</summary>
    public void Signal() => _signal.Writer.TryWrite(true);

    /// <summary>Everything that was posted; valid until the next call.</summary>
    public Changes Take()
    {
        lock (_gate)
        {
            var taken = _filling;
            (_filling, _spare) = (_spare, taken);
            _filling.Clear();
            return taken;
        }
    }

    /// <summary>Returns when something was posted or signalled since the last call.</summary>
    public async ValueTask WaitAsync(CancellationToken ct) => await _signal.Reader.ReadAsync(ct);

    private void Post(Action<Changes> add)
    {
        lock (_gate)
            add(_filling);
        Signal();
    }
}
