using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Tests;

public sealed class CacheTests
{
    private readonly ClusterCache _cache = Make.Cluster(Make.Node("n1"), Make.Node("n2"));

    [Fact]
    public void An_assumed_pod_takes_room_until_it_is_confirmed_or_forgotten()
    {
        var pod = Make.Pod("p", "1", "1Gi");
        _cache.Assume(pod.Info(), _cache.Node("n1")!);
        Assert.Equal((1000, 1), (_cache.Node("n1")!.Requested.MilliCpu, _cache.Node("n1")!.PodCount));

        Assert.Equal(ClusterEvents.PodPlaced, _cache.SetPod(pod.On("n1").Info()));
        Assert.Equal(1000, _cache.Node("n1")!.Requested.MilliCpu);
        Assert.Equal(ClusterEvents.None, _cache.Forget(pod.Info()));

        var other = Make.Pod("q", "1", "").Info();
        _cache.Assume(other, _cache.Node("n2")!);
        Assert.Equal(ClusterEvents.PodLeft, _cache.Forget(other));
        Assert.Equal((0, 0), (_cache.Node("n2")!.Requested.MilliCpu, _cache.Node("n2")!.PodCount));
    }

    [Fact]
    public void Another_scheduler_may_have_bound_the_pod_elsewhere()
    {
        var pod = Make.Pod("p", "1", "");
        _cache.Assume(pod.Info(), _cache.Node("n1")!);

        _cache.SetPod(pod.On("n2").Info());

        Assert.Equal((0, 1000), (_cache.Node("n1")!.Requested.MilliCpu, _cache.Node("n2")!.Requested.MilliCpu));
    }

    [Fact]
    public void An_assumption_expires_only_after_the_binding_was_written()
    {
        var pod = Make.Pod("p", "1", "").Info();
        _cache.Assume(pod, _cache.Node("n1")!);
        Assert.Equal(ClusterEvents.None, _cache.Expire(TimeSpan.FromDays(1)));

        _cache.Bound(pod, TimeSpan.FromDays(1));
        Assert.Equal(ClusterEvents.None, _cache.Expire(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(14)));
        Assert.Equal(ClusterEvents.PodLeft, _cache.Expire(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(15)));

        Assert.Equal(0, _cache.Node("n1")!.PodCount);
    }

    [Fact]
    public void The_outcome_for_an_old_pod_does_not_touch_its_namesake()
    {
        var old = Make.Pod("p", "1", "", uid: "old").Info();
        var young = Make.Pod("p", "1", "", uid: "young").Info();
        _cache.Assume(old, _cache.Node("n1")!);
        _cache.Remove(old.Key);
        _cache.Assume(young, _cache.Node("n2")!);

        Assert.Equal(ClusterEvents.None, _cache.Forget(old));
        Assert.Equal(1, _cache.Node("n2")!.PodCount);
    }

    [Fact]
    public void Changes_are_named_for_those_who_wait()
    {
        var node = Make.Node("n1");
        Assert.Equal(ClusterEvents.None, _cache.SetNode(node with { Status = node.Status with { Phase = "heartbeat" } }));
        Assert.Equal(ClusterEvents.NodeTaints, _cache.SetNode(node.With(s => s with { Unschedulable = true })));
        Assert.Equal(ClusterEvents.NodeTaints | ClusterEvents.NodeAllocatable, _cache.SetNode(Make.Node("n1", cpu: "8")));
        Assert.Equal(ClusterEvents.NodeAdded, _cache.SetNode(Make.Node("n3")));
        Assert.Equal(ClusterEvents.NodeRemoved, _cache.RemoveNode("n3"));
        Assert.Equal(ClusterEvents.PodPlaced, _cache.SetPod(Make.Pod("p", "2", "").On("n1").Info()));
        Assert.Equal(ClusterEvents.PodShrank, _cache.SetPod(Make.Pod("p", "1", "").On("n1").Info()));
        Assert.Equal(ClusterEvents.PodLeft, _cache.Remove(new("ns", "p")));
    }

    [Fact]
    public void Pods_of_a_node_that_comes_later_are_counted_on_it()
    {
        _cache.SetPod(Make.Pod("p", "1", "").On("late").Info());
        Assert.Null(_cache.Node("late"));
        Assert.Equal(2, _cache.Nodes.Length);

        _cache.SetNode(Make.Node("late"));

        Assert.Equal(1000, _cache.Node("late")!.Requested.MilliCpu);
    }

    [Fact]
    public void Zones_take_turns()
    {
        var cluster = Make.Cluster(Make.Node("a1", zone: "a"), Make.Node("a2", zone: "a"), Make.Node("a3", zone: "a"), Make.Node("b1", zone: "b"));

        Assert.Equal(["a1", "b1", "a2", "a3"], cluster.Nodes.ToArray().Select(n => n.Name));
    }
}
