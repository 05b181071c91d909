using KubeSharp.Objects.StorageV1;
using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Cache;

/// <summary>What the scheduler knows of storage. Owned by the scheduler's loop.</summary>
internal sealed class VolumeCache
{
    private readonly Dictionary<ObjectKey, PersistentVolumeClaim> _claims = [];
    private readonly Dictionary<string, PersistentVolume> _volumes = [];
    private readonly Dictionary<string, StorageClass> _classes = [];

    /// <summary>Volumes given to claims by pods that are being bound.</summary>
    private readonly Dictionary<string, ObjectKey> _promised = [];

    public PersistentVolumeClaim? Claim(ObjectKey key) => _claims.GetValueOrDefault(key);

    public PersistentVolume? Volume(string name) => _volumes.GetValueOrDefault(name);

    public StorageClass? Class(string name) => _classes.GetValueOrDefault(name);

    public ClusterEvents Set(ObjectKey key, PersistentVolumeClaim? claim) => Set(_claims, key, claim);

    public ClusterEvents Set(string name, PersistentVolume? volume) => Set(_volumes, name, volume);

    public ClusterEvents Set(string name, StorageClass? storageClass) => Set(_classes, name, storageClass);

    /// <summary>The smallest free volume that satisfies the claim on this node; <see langword="null"/> if there is none.</summary>
    public PersistentVolume? FindFree(PersistentVolumeClaim claim, NodeInfo node)
    {
        PersistentVolume? best = null;
        var asked = claim.Spec.Resources.Requests.GetValueOrDefault("storage");
        var selector = claim.Spec.Selector is null ? Selector.Everything : Selector.Of(claim.Spec.Selector);
        foreach (var volume in _volumes.Values)
        {
            if (!Suits(volume, claim, asked, selector) || !IsReachable(volume, node))
                continue;

            if (best is null || SizeOf(volume) < SizeOf(best))
                best = volume;
        }

        return best;
    }

    public static bool IsReachable(PersistentVolume volume, NodeInfo node) =>
        volume.Spec.NodeAffinity?.Required is not { } required || NodeTerms.Of(required).Matches(node.Node);

    public void Promise(IEnumerable<ClaimPlan> plans)
    {
        foreach (var plan in plans)
        {
            if (plan.Volume is { } volume)
                _promised[volume.Metadata.Name] = ObjectKey.Of(plan.Claim);
        }
    }

    public void TakeBack(IEnumerable<ClaimPlan> plans)
    {
        foreach (var plan in plans)
        {
            if (plan.Volume is { } volume)
                _promised.Remove(volume.Metadata.Name);
        }
    }

    private bool Suits(PersistentVolume volume, PersistentVolumeClaim claim, Quantity asked, Selector selector)
    {
        var (spec, key) = (volume.Spec, ObjectKey.Of(claim));
        if (spec.ClaimRef is { } owner)
            return owner.Namespace == key.Namespace && owner.Name == key.Name && (owner.Uid.Length == 0 || owner.Uid == claim.Metadata.Uid);

        return volume.Metadata.DeletionTimestamp is null
            && volume.Status.Phase is "Available" or ""
            && (!_promised.TryGetValue(volume.Metadata.Name, out var promised) || promised == key)
            && spec.StorageClassName == (claim.Spec.StorageClassName ?? "")
            && (spec.VolumeMode ?? "Filesystem") == (claim.Spec.VolumeMode ?? "Filesystem")
            && SizeOf(volume) >= asked
            && claim.Spec.AccessModes.All(spec.AccessModes.Contains)
            && selector.Matches(volume.Metadata.Labels);
    }

    private static Quantity SizeOf(PersistentVolume volume) => volume.Spec.Capacity.GetValueOrDefault("storage");

    private static ClusterEvents Set<TKey, T>(Dictionary<TKey, T> objects, TKey key, T? obj)
        where TKey : notnull
        where T : class
    {
        if (obj is null)
            objects.Remove(key);
        else
            objects[key] = obj;
        return ClusterEvents.Storage;
    }
}
