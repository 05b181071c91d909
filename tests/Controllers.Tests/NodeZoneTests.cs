using KubeSharp.Controllers.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.Controllers.Tests;

/// <summary>How many nodes of a zone may lose their pods, and when.</summary>
public sealed class NodeZoneTests
{
    [Theory]
    [InlineData(10, 0, 0.1, false)]
    [InlineData(8, 2, 0.1, false)]
    [InlineData(1, 2, 0.1, false)] // two are never too many
    [InlineData(1, 3, 0, false)]
    [InlineData(5, 6, 0.1, false)] // 54.5 %
    [InlineData(9, 11, 0, false)] // 55 % exactly
    [InlineData(22, 28, 0, false)] // 50 nodes are not many
    [InlineData(22, 29, 0.01, false)]
    [InlineData(0, 1, 0.1, true)]
    [InlineData(0, 100, 0.1, true)]
    [InlineData(0, 0, 0.1, false)]
    public void A_zone_evicts_by_how_much_of_it_is_gone(int ready, int notReady, double rate, bool isCutOff)
    {
        var census = new ZoneCensus(new());
        for (var i = 0; i < ready + notReady; i++)
            census.Put(NodeIn("", "z", $"n{i}"), isReady: i < ready);

        Assert.Equal((rate, isCutOff), (census.RateOf(ZoneCensus.ZoneOf(NodeIn("", "z", ""))), census.IsCutOff));
    }

    [Fact]
    public void Zones_fare_each_by_themselves_and_a_lost_one_among_others_evicts_as_usual()
    {
        var census = new ZoneCensus(new());
        for (var i = 0; i < 4; i++)
        {
            census.Put(NodeIn("r", "lost", $"l{i}"), isReady: false);
            census.Put(NodeIn("r", "torn", $"t{i}"), isReady: i == 0);
            census.Put(NodeIn("r", "well", $"w{i}"), isReady: true);
        }

        Assert.Equal([0.1, 0, 0.1], ((string[])["lost", "torn", "well"]).Select(z => census.RateOf(ZoneCensus.ZoneOf(NodeIn("r", z, "")))));
        Assert.False(census.IsCutOff);
    }

    [Fact]
    public void A_change_is_told_when_it_changes_a_rate_and_only_then()
    {
        var census = new ZoneCensus(new());
        List<bool> told = [];
        for (var i = 0; i < 6; i++)
            told.Add(census.Put(NodeIn("", "z", $"n{i}"), isReady: true));
        for (var i = 0; i < 6; i++)
            told.Add(census.Put(NodeIn("", "z", $"n{i}"), isReady: false));
        told.Add(census.Put(NodeIn("", "y", "n5"), isReady: true)); // moves, and is back
        told.Add(census.Remove("n5"));

        // The fourth of six that goes tears the zone, the last takes it whole.
        Assert.Equal([false, false, false, false, false, false, false, false, false, true, false, true, true, true], told);
    }

    [Fact]
    public void A_node_that_is_excluded_does_not_count()
    {
        var census = new ZoneCensus(new());
        census.Put(NodeIn("", "z", "on"), isReady: false);
        var off = NodeIn("", "z", "off");
        census.Put(off with { Metadata = off.Metadata with { Labels = new Dictionary<string, string> { ["node.kubernetes.io/exclude-disruption"] = "" } } }, isReady: true);

        Assert.True(census.IsCutOff);
    }

    [Fact]
    public void Turns_come_one_after_another_and_each_waits_for_its_own()
    {
        var clock = new FakeTimeProvider();
        var pace = new EvictionPace(clock);

        Assert.Equal(TimeSpan.Zero, pace.Ask("z", "a", 0.1));
        Assert.Equal(TimeSpan.FromSeconds(10), pace.Ask("z", "b", 0.1));
        Assert.Equal(TimeSpan.FromSeconds(20), pace.Ask("z", "c", 0.1));
        Assert.Equal(TimeSpan.FromSeconds(10), pace.Ask("z", "b", 0.1));
        Assert.Equal(TimeSpan.Zero, pace.Ask("other", "x", 0.1));

        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.Zero, pace.Ask("z", "b", 0.1));
        Assert.Equal(TimeSpan.FromSeconds(10), pace.Ask("z", "c", 0.1));

        Assert.Null(pace.Ask("z", "c", 0)); // the zone is torn: nobody goes, and nothing is saved up
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.FromSeconds(10), pace.Ask("z", "c", 0.1));
        pace.Forget("c");
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.Zero, pace.Ask("z", "d", 0.1));
        pace.GiveBack("z"); // the write failed
        Assert.Equal(TimeSpan.Zero, pace.Ask("z", "d", 0.1));
    }

    [Fact]
    public async Task A_zone_of_which_too_much_falls_silent_keeps_its_pods_until_enough_is_back_and_then_loses_them_node_by_node()
    {
        await using var cluster = await TestCluster.StartAsync();
        string[] torn = ["a1", "a2", "a3", "a4"];
        foreach (var name in torn)
            await FakeNodes.AddAsync(cluster, name, new Dictionary<string, string> { ["topology.kubernetes.io/zone"] = "a" });
        await FakeNodes.AddAsync(cluster, "b1", new Dictionary<string, string> { ["topology.kubernetes.io/zone"] = "b" });
        var running = cluster.Run(Names.NodeLifecycle);
        await cluster.SettleAsync();

        await cluster.PassAsync(running, TimeSpan.FromSeconds(60), "a1", "b1");
        await cluster.UntilAsync(() => torn[1..].All(n => cluster.Get<Node>(n).Spec.Taints is [{ Effect: "NoSchedule" }, ..]));
        await cluster.PassAsync(running, TimeSpan.FromSeconds(300), "a1", "b1");
        await cluster.SettleAsync();
        Assert.Equal(0, Evicting());

        await FakeNodes.HeartbeatAsync(cluster, "a2");
        await FakeNodes.ReportAsync(cluster, "a2");
        await cluster.UntilAsync<Node>("a2", n => n.Spec.Taints.Count == 0);
        await cluster.UntilAsync(() => Evicting() == 1);
        await cluster.SettleAsync();
        Assert.Equal(1, Evicting());
        await cluster.PassAsync(running, TimeSpan.FromSeconds(20), "a1", "a2", "b1");
        await cluster.UntilAsync(() => Evicting() == 2);
        Assert.DoesNotContain(cluster.Get<Node>("a1").Spec.Taints.Concat(cluster.Get<Node>("b1").Spec.Taints), t => t.Effect == "NoExecute");

        int Evicting() => cluster.List<Node>().Count(NodeTaints.IsEvicting);
    }

    private static Node NodeIn(string region, string zone, string name) => new()
    {
        Metadata = new() { Name = name, Labels = new Dictionary<string, string> { ["topology.kubernetes.io/region"] = region, ["topology.kubernetes.io/zone"] = zone } },
    };
}
