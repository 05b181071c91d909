using System.Collections.Concurrent;
using KubeSharp.Objects.DiscoveryV1;

namespace KubeSharp.Controllers.Services;

/// <summary>The generation of each slice we wrote last, until the cache shows it (upstream's <c>EndpointSliceTracker</c>).</summary>
internal sealed class SliceWrites
{
    /// <summary>Per Service; only the one worker that reconciles it touches the inner map.</summary>
    private readonly ConcurrentDictionary<ObjectKey, Dictionary<ObjectKey, (string Uid, long Generation)>> _written = new();

    public void Wrote(ObjectKey service, EndpointSlice slice) =>
        _written.GetOrAdd(service, static _ => [])[ObjectKey.Of(slice)] = (slice.Metadata.Uid, slice.Metadata.Generation);

    /// <summary>Whether the cache has caught up. What it shows is forgotten, so a slice that is deleted later is not waited for.</summary>
    public bool AreSeen(ObjectKey service, ILister<EndpointSlice> slices)
    {
        if (!_written.TryGetValue(service, out var written))
            return true;

        foreach (var (key, (uid, generation)) in written.ToList())
        {
            if (slices.Find(key) is { } slice && slice.Metadata.Uid == uid && slice.Metadata.Generation >= generation)
                written.Remove(key);
        }

        return written.Count == 0;
    }

    public void Forget(ObjectKey service) => _written.TryRemove(service, out _);
}
