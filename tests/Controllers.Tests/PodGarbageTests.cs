namespace KubeSharp.Controllers.Tests;

/// <summary>Pods that nobody else removes, and addresses that nodes get.</summary>
public sealed class PodGarbageTests
{
    [Fact]
    public async Task Pods_of_a_node_that_is_gone_fail_and_go_after_its_time_to_return()
    {
        await using var cluster = await TestCluster.StartAsync(Names.PodGarbage);
        await FakeNodes.AddAsync(cluster, "n1");
        await FakeNodes.AddAsync(cluster, "n2");
        await PodAsync(cluster, "p1", "n1");
        await PodAsync(cluster, "p2", "n2");
        await cluster.SettleAsync();

        await cluster.DeleteAsync<Node>("n1");
        await cluster.DeleteAsync<Node>("n2");
        await cluster.SettleAsync();
        cluster.Clock.Advance(TimeSpan.FromSeconds(30));
        await cluster.CreateAsync(new Node { Metadata = new() { Name = "n2" } });
        await cluster.SettleAsync();
        Assert.NotNull(cluster.Find<Pod>("p1"));
        cluster.Clock.Advance(TimeSpan.FromSeconds(15));
        await cluster.UntilGoneAsync<Pod>("p1");
        await cluster.SettleAsync();

        Assert.NotNull(cluster.Find<Pod>("p2"));
        var last = cluster.Journal.Of<Pod>().Last(e => e.Key.EndsWith("/p1", StringComparison.Ordinal)).As<Pod>();
        var target = last.Status.Conditions.Find("DisruptionTarget")!;
        Assert.Equal(("Failed", "DeletionByPodGC", "PodGC: node no longer exists"), (last.Status.Phase, target.Reason, target.Message));
    }

    [Fact]
    public async Task Of_finished_pods_only_so_many_are_kept_the_newest()
    {
        await using var cluster = await TestCluster.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            var pod = await PodAsync(cluster, $"p{i}", "n1");
            await cluster.Admin.UpdateStatusAsync(pod with { Status = pod.Status with { Phase = i % 2 == 0 ? "Succeeded" : "Failed" } }, TestCluster.Ct);
            cluster.Clock.Advance(TimeSpan.FromSeconds(2));
        }

        await FakeNodes.AddAsync(cluster, "n1");
        await PodAsync(cluster, "running", "n1");
        cluster.Run(cluster.Admin, new() { AuthorityPem = RunningControllers.AuthorityPem, FinishedPods = 3 }, Names.PodGarbage);

        await cluster.UntilAsync(() => cluster.List<Pod>().Count == 4);
        await cluster.SettleAsync();
        Assert.Equal(["p2", "p3", "p4", "running"], cluster.List<Pod>().Select(p => p.Metadata.Name));
    }

    [Fact]
    public async Task Each_node_gets_a_range_of_its_own_and_one_that_gets_none_is_told()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Run(cluster.Admin, new() { AuthorityPem = RunningControllers.AuthorityPem, ClusterCidr = "10.42.0.0/22" }, Names.PodCidr);
        for (var i = 1; i <= 4; i++)
            await cluster.CreateAsync(new Node { Metadata = new() { Name = $"n{i}" } });
        await cluster.UntilAsync(() => cluster.List<Node>().All(n => n.Spec.PodCIDR.Length > 0));
        Assert.Equal(["10.42.0.0/24", "10.42.1.0/24", "10.42.2.0/24", "10.42.3.0/24"], cluster.List<Node>().Select(n => n.Spec.PodCIDR).Order(StringComparer.Ordinal));
        Assert.All(cluster.List<Node>(), n => Assert.Equal([n.Spec.PodCIDR], n.Spec.PodCIDRs));

        await cluster.CreateAsync(new Node { Metadata = new() { Name = "n5" } });
        await cluster.UntilAsync(() => cluster.EventsOf("Node", "n5").Any(e => e is { Reason: "CIDRNotAvailable", Message: "Node n5 status is now: CIDRNotAvailable" }));
        var freed = cluster.Get<Node>("n2").Spec.PodCIDR;
        await cluster.DeleteAsync<Node>("n2");
        await cluster.SettleAsync();
        cluster.Clock.Advance(TimeSpan.FromSeconds(61));

        await cluster.UntilAsync<Node>("n5", n => n.Spec.PodCIDR == freed);
    }

    private static async Task<Pod> PodAsync(TestCluster cluster, string name, string node)
    {
        var pod = Make.Pod(name, "x");
        return await cluster.CreateAsync(pod with { Spec = pod.Spec with { NodeName = node } });
    }
}
