namespace KubeSharp.Controllers.Tests;

/// <summary>As many pods as wanted, never one more, whatever the caches lag behind and whoever dies.</summary>
public sealed class ReplicaSetTests
{
    private static CancellationToken Ct => TestCluster.Ct;

    [Fact]
    public async Task A_set_gets_its_pods_and_says_so()
    {
        await using var cluster = await TestCluster.StartAsync(Names.ReplicaSet);
        cluster.RunNodes("n1", "n2");
        await cluster.CreateAsync(Make.ReplicaSet("web", 3));

        var set = await cluster.UntilAsync<ReplicaSet>("web", s => s.Status.AvailableReplicas == 3);

        Assert.Equal((3, 3, 3, 1L), (set.Status.Replicas, set.Status.FullyLabeledReplicas, set.Status.ReadyReplicas, set.Status.ObservedGeneration));
        Assert.All(cluster.List<Pod>(), p => Assert.True(p.Metadata.IsControlledBy(set)));
        await cluster.UntilAsync(() => cluster.EventsOf("ReplicaSet", "web").Count == 3);
        Assert.All(cluster.EventsOf("ReplicaSet", "web"), e => Assert.Equal(("Normal", "SuccessfulCreate"), (e.Type, e.Reason)));
        Assert.Equal(cluster.List<Pod>().Select(p => $"Created pod: {p.Metadata.Name}"), cluster.EventsOf("ReplicaSet", "web").Select(e => e.Message).Order(StringComparer.Ordinal));
    }
}
