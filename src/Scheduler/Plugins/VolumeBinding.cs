using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Plugins;

/// <summary>Puts pods where their volumes can be reached, or where volumes for claims that wait for them can be had.</summary>
internal sealed class VolumeBinding : IPreFilter
{
    private const string NoProvisioner = "kubernetes.io/no-provisioner";
    private const string BindCompleted = "pv.kubernetes.io/bind-completed";
    private const string SelectedNode = "volume.kubernetes.io/selected-node";

    private static readonly Verdict Unbound = Verdict.Reject("pod has unbound immediate PersistentVolumeClaims", resolvable: false);
    private static readonly Verdict OutOfReach = Verdict.Reject("node(s) didn't match PersistentVolume's node affinity", resolvable: false);
    private static readonly Verdict NoneToBind = Verdict.Reject("node(s) didn't find available persistent volumes to bind", resolvable: false);
    private static readonly Verdict VolumeGone = Verdict.Reject("node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)", resolvable: false);

    public string Name => nameof(VolumeBinding);

    public ClusterEvents WakesOn => ClusterEvents.Storage | ClusterEvents.NodeAdded | ClusterEvents.NodeLabels;

    public bool Applies(PodInfo pod) => pod.Claims.Length > 0;

    public Preparation Prepare(PodInfo pod, ClusterCache cluster)
    {
        var (bound, waiting) = (new List<PersistentVolume?>(), new List<PersistentVolumeClaim>());
        foreach (var name in pod.Claims)
        {
            if (cluster.Volumes.Claim(new(pod.Key.Namespace, name)) is not { } claim)
                return new(Verdict: Verdict.Reject($"persistentvolumeclaim \"{name}\" not found", resolvable: false));

            if (claim.Metadata.DeletionTimestamp is not null)
                return new(Verdict: Verdict.Reject($"persistentvolumeclaim \"{name}\" is being deleted", resolvable: false));

            if (IsBound(claim))
                bound.Add(cluster.Volumes.Volume(claim.Spec.VolumeName));
            else if (Waits(claim, cluster))
                waiting.Add(claim);
            else
                return new(Verdict: Unbound);
        }

        return new(new Needs(cluster, [.. bound], [.. waiting]));
    }

    public Verdict Filter(PodInfo pod, NodeInfo node, object? state)
    {
        var (cluster, bound, waiting) = (Needs)state!; // made in Prepare
        foreach (var volume in bound)
        {
            if (volume is null)
                return VolumeGone;
            if (!VolumeCache.IsReachable(volume, node))
                return OutOfReach;
        }

        foreach (var claim in waiting)
        {
            if (!CanHave(claim, node, cluster))
                return NoneToBind;
        }

        return Verdict.Ok;
    }

    /// <summary>What the pod's waiting claims get if it goes to this node; empty if it has none.</summary>
    public static IReadOnlyList<ClaimPlan> Plan(PodInfo pod, NodeInfo node, ClusterCache cluster)
    {
        var plans = new List<ClaimPlan>();
        foreach (var name in pod.Claims)
        {
            if (cluster.Volumes.Claim(new(pod.Key.Namespace, name)) is { } claim && !IsBound(claim))
                plans.Add(new(claim, cluster.Volumes.FindFree(claim, node)));
        }

        return plans;
    }

    public static bool IsBound(PersistentVolumeClaim claim) =>
        claim.Spec.VolumeName.Length > 0 && claim.Metadata.Annotations.ContainsKey(BindCompleted);

    /// <summary>The provisioner gave up on the node we chose for the claim.</summary>
    public static bool IsGivenUp(PersistentVolumeClaim claim, string node) =>
        claim.Metadata.Annotations.GetValueOrDefault(SelectedNode) != node;

    private static bool Waits(PersistentVolumeClaim claim, ClusterCache cluster) =>
        claim.Spec.VolumeName.Length == 0
        && claim.Spec.StorageClassName is { } name
        && cluster.Volumes.Class(name)?.VolumeBindingMode == "WaitForFirstConsumer";

    private static bool CanHave(PersistentVolumeClaim claim, NodeInfo node, ClusterCache cluster)
    {
        if (claim.Metadata.Annotations.TryGetValue(SelectedNode, out var selected))
            return selected == node.Name; // being provisioned there already

        return cluster.Volumes.FindFree(claim, node) is not null || CanProvision(claim, node, cluster);
    }

    private static bool CanProvision(PersistentVolumeClaim claim, NodeInfo node, ClusterCache cluster)
    {
        if (cluster.Volumes.Class(claim.Spec.StorageClassName ?? "") is not { } storage || storage.Provisioner is NoProvisioner or "")
            return false;

        return storage.AllowedTopologies.Count == 0 || storage.AllowedTopologies.Any(t =>
            t.MatchLabelExpressions.All(e => node.Node.Metadata.Labels.TryGetValue(e.Key, out var value) && e.Values.Contains(value)));
    }

    /// <param name="Bound">The volumes of bound claims; null for one that is not there.</param>
    private sealed record Needs(ClusterCache Cluster, PersistentVolume?[] Bound, PersistentVolumeClaim[] Waiting);
}
