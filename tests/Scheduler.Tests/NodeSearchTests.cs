using KubeSharp.Scheduler.Cycle;

namespace KubeSharp.Scheduler.Tests;

public sealed class NodeSearchTests
{
    /// <summary>Upstream's <c>numFeasibleNodesToFind</c>.</summary>
    [Theory]
    [InlineData(10, 10)]
    [InlineData(99, 99)]
    [InlineData(100, 100)]
    [InlineData(1000, 420)]
    [InlineData(5000, 500)]
    [InlineData(6000, 300)]
    public void A_large_cluster_is_searched_in_part(int nodes, int enough) => Assert.Equal(enough, NodeSearch.Enough(nodes));

    [Fact]
    public void The_next_search_begins_where_the_last_one_ended()
    {
        var cluster = Make.Cluster([.. Enumerable.Range(0, 1000).Select(i => Make.Node($"n{i:000}", cpu: i < 420 ? "4" : "64"))]);
        var search = new NodeSearch(Profiles.Default, new Random(1));

        var first = search.Find(Make.Pod("p", "1").Info(), cluster);
        var second = search.Find(Make.Pod("q", "1").Info(), cluster);

        Assert.InRange(int.Parse(first.Node!.Name[1..], null), 0, 419);
        Assert.InRange(int.Parse(second.Node!.Name[1..], null), 420, 839);
    }

    [Fact]
    public void Equals_are_chosen_among_by_chance()
    {
        var cluster = Make.Cluster([.. Enumerable.Range(0, 4).Select(i => Make.Node($"n{i}"))]);
        var search = new NodeSearch(Profiles.Default, new Random(1));

        var chosen = Enumerable.Range(0, 400).GroupBy(_ => search.Find(Make.Pod("p", "1").Info(), cluster).Node!.Name).ToList();

        Assert.Equal(4, chosen.Count);
        Assert.All(chosen, c => Assert.InRange(c.Count(), 60, 140));
    }

    [Fact]
    public void Looking_at_nodes_allocates_nothing()
    {
        var cluster = Make.Cluster([.. Enumerable.Range(0, 2000).Select(i => Make.Node($"n{i}"))]);
        var search = new NodeSearch(Profiles.Default, new Random(1));
        var pod = Make.Pod("p", "1", "1Gi").Info();
        search.Find(pod, cluster);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++)
            search.Find(pod, cluster);
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / 10;

        Assert.InRange(each, 0, 1024); // whatever there is per pod, there is nothing per node
    }

    [Fact]
    public void A_pod_that_fits_nowhere_is_told_all_reasons()
    {
        var cluster = Make.Cluster(Make.Node("n1", cpu: "1", memory: "1Gi"));

        var diagnosis = new NodeSearch(Profiles.Default, new Random(1)).Find(Make.Pod("p", "2", "2Gi").Info(), cluster).Diagnosis;

        Assert.Equal("0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory.", diagnosis?.Message);
        Assert.Empty(diagnosis!.Curable);
    }
}
