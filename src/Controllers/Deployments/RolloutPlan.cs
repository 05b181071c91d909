using KubeSharp.Objects.AppsV1;

namespace KubeSharp.Controllers.Deployments;

/// <summary>How many pods each ReplicaSet of a Deployment should have next. Pure: the controller does what is said here.</summary>
internal static class RolloutPlan
{
    /// <summary>How many pods beyond the wanted number there may be, and how many of the wanted may be missing.</summary>
    public static (int Surge, int Unavailable) Limits(Deployment deployment)
    {
        var replicas = deployment.Spec.Replicas ?? 1;
        if (deployment.Spec.Strategy is not { Type: "RollingUpdate", RollingUpdate: { } rolling })
            return (0, 0);

        var surge = rolling.MaxSurge?.Scaled(replicas, roundsUp: true) ?? 0;
        var unavailable = rolling.MaxUnavailable?.Scaled(replicas, roundsUp: false) ?? 0;

        // Both zero would never move: percentages of small numbers come to that.
        if (surge == 0 && unavailable == 0)
            unavailable = 1;
        return (surge, Math.Min(unavailable, replicas));
    }

    public static int MaxTotal(Deployment deployment) => (deployment.Spec.Replicas ?? 1) + Limits(deployment).Surge;

    /// <summary>The size of the newest set: as large as the surge allows.</summary>
    public static int NewestSize(Deployment deployment, IEnumerable<ReplicaSet> all, ReplicaSet? newest)
    {
        var replicas = deployment.Spec.Replicas ?? 1;
        if (deployment.Spec.Strategy.Type == "Recreate")
            return replicas;

        var current = newest is null ? 0 : Size(newest);
        var room = MaxTotal(deployment) - all.Sum(Size);
        return room <= 0 ? current : current + Math.Max(0, Math.Min(room, replicas - current));
    }

    /// <summary>New sizes of old sets, so that enough pods stay available: first what is broken goes, then what the new ones replace.</summary>
    public static IReadOnlyDictionary<string, int> ShrinkOld(Deployment deployment, IReadOnlyList<ReplicaSet> old, ReplicaSet newest)
    {
        var sizes = old.Where(s => Size(s) > 0).ToDictionary(s => s.Metadata.Uid, Size);
        var minAvailable = (deployment.Spec.Replicas ?? 1) - Limits(deployment).Unavailable;
        var mayGo = sizes.Values.Sum() + Size(newest) - minAvailable - (Size(newest) - newest.Status.AvailableReplicas);
        if (sizes.Count == 0 || mayGo <= 0)
            return new Dictionary<string, int>();

        var before = new Dictionary<string, int>(sizes);
        var byAge = old.Where(s => sizes.ContainsKey(s.Metadata.Uid)).OrderBy(s => s.Metadata.CreationTimestamp).ToList();
        foreach (var set in byAge)
        {
            var unhealthy = Math.Min(mayGo, Size(set) - set.Status.AvailableReplicas);
            if (unhealthy <= 0)
                continue;

            sizes[set.Metadata.Uid] -= unhealthy;
            mayGo -= unhealthy;
        }

        // A set that was shrunk a moment ago may still report the pods it is giving up: they are not spare a second time.
        var spare = Math.Min(mayGo, old.Append(newest).Sum(s => s.Status.AvailableReplicas) - minAvailable);
        foreach (var set in byAge)
        {
            var healthy = Math.Min(spare, sizes[set.Metadata.Uid]);
            if (healthy <= 0)
                continue;

            sizes[set.Metadata.Uid] -= healthy;
            spare -= healthy;
        }

        return sizes.Where(s => s.Value != before[s.Key]).ToDictionary();
    }

    /// <summary>Sizes after the Deployment itself was scaled in the middle of a rollout: each set grows or shrinks by its share.</summary>
    public static IReadOnlyDictionary<string, int> Proportional(Deployment deployment, IReadOnlyList<ReplicaSet> active)
    {
        var replicas = deployment.Spec.Replicas ?? 1;
        var total = active.Sum(Size);
        var allowed = replicas > 0 ? replicas + Limits(deployment).Surge : 0;
        var toAdd = allowed - total;
        var sizes = new Dictionary<string, int>();
        if (toAdd == 0)
            return sizes;

        // The largest takes what rounding leaves; newest first when growing, oldest first when shrinking.
        var ordered = (toAdd > 0
            ? active.OrderByDescending(Size).ThenByDescending(s => s.Metadata.CreationTimestamp)
            : active.OrderByDescending(Size).ThenBy(s => s.Metadata.CreationTimestamp)).ToList();
        var added = 0;
        foreach (var set in ordered)
        {
            var before = Annotations.MaxOf(set.Metadata) is { } max and > 0 ? max : total;
            var share = (int)Math.Round((double)Size(set) * allowed / before, MidpointRounding.AwayFromZero) - Size(set);
            share = toAdd > 0 ? Math.Clamp(share, 0, toAdd - added) : Math.Clamp(share, toAdd - added, 0);
            sizes[set.Metadata.Uid] = Size(set) + share;
            added += share;
        }

        var first = ordered[0].Metadata.Uid;
        sizes[first] = Math.Max(0, sizes[first] + toAdd - added);
        return sizes;
    }

    public static int Size(ReplicaSet set) => set.Spec.Replicas ?? 1;
}
