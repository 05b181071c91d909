using KubeSharp.Kubelet.NodeStatus;
using KubeSharp.Kubelet.Resources;
using KubeSharp.Machinery;
using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Kubelet.Tests.NodeStatus;

public sealed class NodeShapeTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly NodeResources Machine = new(Cpus: 2, MemoryBytes: 4L << 30, StorageBytes: 10L << 30, MaxPods: 110);

    /// <summary>"Advertise Extended Resources for a Node": the capacity is patched, the rest is the kubelet's (upstream's suite of v1.20 preempts with them).</summary>
    [Fact]
    public void What_others_say_the_node_has_stays_and_pods_may_have_it()
    {
        var patched = new Objects.CoreV1.NodeStatus
        {
            Capacity = new Dictionary<string, Quantity> { ["example.com/dongle"] = Quantity.From(4), ["cpu"] = Quantity.From(64), ["hugepages-16Gi"] = Quantity.From(1) },
            Allocatable = new Dictionary<string, Quantity> { ["example.com/gone"] = Quantity.From(1) },
        };

        var status = Status(patched);

        Assert.Equal(["cpu", "ephemeral-storage", "example.com/dongle", "hugepages-1Gi", "hugepages-2Mi", "memory", "pods"], status.Capacity.Keys);
        Assert.Equal(status.Capacity.Keys, status.Allocatable.Keys);
        Assert.Equal(("2", "4", "4"), (status.Capacity["cpu"].ToString(), status.Capacity["example.com/dongle"].ToString(), status.Allocatable["example.com/dongle"].ToString()));
        Assert.True(NodeShape.IsSame(status, Status(status)));
        Assert.False(NodeShape.IsSame(status, patched));
    }

    private static Objects.CoreV1.NodeStatus Status(Objects.CoreV1.NodeStatus before) =>
        NodeShape.Status(before, new() { NodeName = "n", Addresses = [] }, Machine, new NodeSystemInfo(), [], new NodeHealth(false, false, false, []), Now);
}
