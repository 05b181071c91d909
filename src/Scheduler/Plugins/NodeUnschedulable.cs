using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Plugins;

/// <summary>Keeps pods off cordoned nodes, unless they tolerate the taint that cordoning implies.</summary>
internal sealed class NodeUnschedulable : IFilter
{
    private static readonly Taint Cordoned = new() { Key = "node.kubernetes.io/unschedulable", Effect = "NoSchedule" };
    private static readonly Verdict Rejected = Verdict.Reject("node(s) were unschedulable", resolvable: false);

    public string Name => nameof(NodeUnschedulable);

    public ClusterEvents WakesOn => ClusterEvents.NodeAdded | ClusterEvents.NodeTaints;

    public Verdict Filter(PodInfo pod, NodeInfo node, object? state) =>
        node.Node.Spec.Unschedulable && !pod.Pod.Spec.Tolerations.Tolerates(Cordoned) ? Rejected : Verdict.Ok;
}
