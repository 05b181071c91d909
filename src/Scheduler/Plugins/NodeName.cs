using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Plugins;

/// <summary>Keeps a pod that names its node on that node.</summary>
internal sealed class NodeName : IFilter
{
    private static readonly Verdict Rejected = Verdict.Reject("node(s) didn't match the requested node name", resolvable: false);

    public string Name => nameof(NodeName);

    public ClusterEvents WakesOn => ClusterEvents.NodeAdded;

    public bool Applies(PodInfo pod) => pod.Pod.Spec.NodeName.Length > 0;

    public Verdict Filter(PodInfo pod, NodeInfo node, object? state) => pod.Pod.Spec.NodeName == node.Name ? Verdict.Ok : Rejected;
}
