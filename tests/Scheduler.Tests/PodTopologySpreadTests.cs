using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Framework;
using KubeSharp.Scheduler.Plugins;

namespace KubeSharp.Scheduler.Tests;

public sealed class PodTopologySpreadTests
{
    private const string Zone = "topology.kubernetes.io/zone";
    private readonly ClusterCache _cluster = Make.Cluster(Make.Node("a1", zone: "a"), Make.Node("b1", zone: "b"), Make.Node("c1", zone: "c"), Make.Node("nowhere"));

    [Fact]
    public void A_place_may_have_only_so_many_more_than_the_emptiest()
    {
        Place("a1", 2);
        Place("b1", 1);
        Assert.Equal(["c1"], Suitable(Spreading(new() { MaxSkew = 1 })));
        Assert.Equal(["b1", "c1"], Suitable(Spreading(new() { MaxSkew = 2 })));
        Assert.Equal(["a1", "b1", "c1"], Suitable(Spreading(new() { MaxSkew = 3 })));
    }

    [Fact]
    public void With_too_few_places_the_emptiest_counts_as_empty()
    {
        Place("a1", 1);
        Place("b1", 1);
        Place("c1", 1);

        Assert.Equal(["a1", "b1", "c1"], Suitable(Spreading(new() { MaxSkew = 1, MinDomains = 3 })));
        Assert.Empty(Suitable(Spreading(new() { MaxSkew = 1, MinDomains = 4 })));
    }

    [Fact]
    public void Nodes_the_pod_cannot_go_to_do_not_count_unless_told_to()
    {
        Place("a1", 1);
        Place("b1", 1);
        var pod = Spreading(new() { MaxSkew = 1 }).With(s => s with { NodeSelector = new Dictionary<string, string> { [Zone] = "a" } });
        var ignoring = Spreading(new() { MaxSkew = 1, NodeAffinityPolicy = "Ignore" }).With(s => s with { NodeSelector = new Dictionary<string, string> { [Zone] = "a" } });

        Assert.Contains("a1", Suitable(pod));
        Assert.DoesNotContain("a1", Suitable(ignoring));
    }

    [Fact]
    public void Pods_that_are_going_do_not_count()
    {
        var pod = Member("going");
        _cluster.SetPod((pod with { Metadata = pod.Metadata with { DeletionTimestamp = DateTimeOffset.UnixEpoch } }).On("a1").Info());

        Assert.Contains("a1", Suitable(Spreading(new() { MaxSkew = 1 })));
    }

    [Fact]
    public void What_is_only_wished_for_prefers_the_emptier_place()
    {
        Place("a1", 3);
        Place("b1", 1);
        var pod = Spreading(new() { MaxSkew = 1, WhenUnsatisfiable = "ScheduleAnyway" }).Info();
        IScore plugin = new PodTopologySpread();
        Assert.True(plugin.TryPrepareScore(pod, _cluster, _cluster.Nodes, out var state));

        long[] scores = [.. new[] { "a1", "b1", "c1", "nowhere" }.Select(n => plugin.Score(pod, _cluster.Node(n)!, state))];
        plugin.Normalize(scores, state);

        // ln(3 places + 2) = 1.61: 5, 2 and 0 by pods; then 100 * (5 + 0 - score) / 5.
        Assert.Equal([0, 60, 100, 0], scores);
    }

    private void Place(string node, int count)
    {
        for (var i = 0; i < count; i++)
            _cluster.SetPod(Member($"{node}-{i}").On(node).Info());
    }

    private List<string> Suitable(Pod pod)
    {
        var plugin = new PodTopologySpread();
        var info = pod.Info();
        var state = plugin.Prepare(info, _cluster).State;
        var missing = plugin.Filter(info, _cluster.Node("nowhere")!, state);
        Assert.Equal(["node(s) didn't match pod topology spread constraints (missing required label)"], missing.Rejection?.Reasons);
        return [.. _cluster.Nodes.ToArray().Where(n => plugin.Filter(info, n, state).IsOk).Select(n => n.Name).Order(StringComparer.Ordinal)];
    }

    private static Pod Member(string name) => Make.Pod(name).Labelled("app", "web");

    private static Pod Spreading(TopologySpreadConstraint constraint) => Member("p").With(s => s with
    {
        TopologySpreadConstraints =
        [
            constraint with
            {
                TopologyKey = Zone,
                WhenUnsatisfiable = constraint.WhenUnsatisfiable.Length > 0 ? constraint.WhenUnsatisfiable : "DoNotSchedule",
                LabelSelector = new() { MatchLabels = new Dictionary<string, string> { ["app"] = "web" } },
            },
        ],
    });
}
