using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Plugins;

/// <summary>Gives each port of a node to one pod only.</summary>
internal sealed class NodePorts : IFilter
{
    private static readonly Verdict Rejected = Verdict.Reject("node(s) didn't have free ports for the requested pod ports", resolvable: true);

    public string Name => nameof(NodePorts);

    public ClusterEvents WakesOn => ClusterEvents.NodeAdded | ClusterEvents.PodLeft;

    public bool Applies(PodInfo pod) => pod.Ports.Length > 0;

    public Verdict Filter(PodInfo pod, NodeInfo node, object? state) => node.HasClash(pod.Ports) ? Rejected : Verdict.Ok;
}
