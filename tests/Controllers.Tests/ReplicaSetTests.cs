namespace KubeSharp.Controllers.Tests;

/// <summary>As many pods as wanted, never one more, whatever the caches lag behind and whoever dies.</summary>
public sealed class ReplicaSetTests
{
    private static readonly ControllerOptions Options = new() { AuthorityPem = RunningControllers.AuthorityPem };

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

    [Fact]
    public async Task While_the_cache_does_not_show_the_pods_none_is_created_twice_or_deleted_twice()
    {
        await using var cluster = await TestCluster.StartAsync();
        var late = new LaggingClient<Pod>(cluster.Admin);
        var running = cluster.Run(late, Options, Names.ReplicaSet);
        await running.Informers.For<Pod>().WaitForSyncAsync(Ct);
        late.Hold();
        await cluster.CreateAsync(Make.ReplicaSet("web", 7));
        await cluster.UntilAsync(() => cluster.List<Pod>().Count == 7);

        // Each of these wakes the controller, which still sees no pod.
        for (var i = 0; i < 5; i++)
        {
            await cluster.PatchAsync<ReplicaSet>("web", $$"""{"metadata":{"annotations":{"poke":"{{i}}"} } }""");
            await cluster.SettleAsync();
        }

        Assert.Equal(7, PodCounts.Created(cluster.Journal));
        late.Release();
        await cluster.UntilAsync<ReplicaSet>("web", s => s.Status.Replicas == 7);

        late.Hold();
        await cluster.PatchAsync<ReplicaSet>("web", """{"spec":{"replicas":4}}""");
        await cluster.UntilAsync(() => cluster.List<Pod>().Count == 4);
        await cluster.PatchAsync<ReplicaSet>("web", """{"metadata":{"annotations":{"poke":"again"}}}""");
        await cluster.SettleAsync();
        late.Release();
        await cluster.UntilAsync<ReplicaSet>("web", s => s.Status.Replicas == 4);
        Assert.Equal((7, 3), (PodCounts.Created(cluster.Journal), PodCounts.Ended(cluster.Journal)));
    }

    [Fact]
    public async Task While_the_cache_does_not_show_that_owners_are_going_they_get_nothing_new()
    {
        await using var cluster = await TestCluster.StartAsync();
        var late = new LaggingClient<ReplicaSet>(cluster.Admin);
        var running = cluster.Run(late, Options, Names.ReplicaSet);
        await running.Informers.For<ReplicaSet>().WaitForSyncAsync(Ct);
        await cluster.CreateAsync(Make.ReplicaSet("web", 2));
        await cluster.UntilAsync<ReplicaSet>("web", s => s.Status.Replicas == 2);
        await cluster.SettleAsync();

        // Nobody collects garbage here, so it stays: on its way out, but not for the cache.
        late.Hold();
        await cluster.DeleteAsync<ReplicaSet>("web", Propagation.Foreground);
        foreach (var pod in cluster.List<Pod>())
            await cluster.DeleteAsync<Pod>(pod.Metadata.Name);
        await cluster.SettleAsync();

        Assert.NotNull(cluster.Get<ReplicaSet>("web").Metadata.DeletionTimestamp);
        Assert.Empty(cluster.List<Pod>());
        late.Release();
    }

    /// <summary>Fault test 15: the controllers die, and start again, in the middle of scaling.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task Controllers_killed_in_the_middle_of_scaling_create_none_too_many(int killedAt)
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.RunNodes("n1");
        var first = cluster.Run(Names.ReplicaSet);
        await cluster.CreateAsync(Make.ReplicaSet("web", 0));
        await cluster.UntilAsync<ReplicaSet>("web", s => s.Status.ObservedGeneration == 1);

        await cluster.PatchAsync<ReplicaSet>("web", """{"spec":{"replicas":10}}""");
        await cluster.UntilAsync(() => PodCounts.Created(cluster.Journal) >= killedAt);
        await first.DisposeAsync();
        var second = cluster.Run(Names.ReplicaSet);
        await cluster.UntilAsync<ReplicaSet>("web", s => s.Status.AvailableReplicas == 10);

        await cluster.PatchAsync<ReplicaSet>("web", """{"spec":{"replicas":0}}""");
        await cluster.UntilAsync(() => PodCounts.Ended(cluster.Journal) >= killedAt);
        await second.DisposeAsync();
        cluster.Run(Names.ReplicaSet);
        await cluster.UntilAsync<ReplicaSet>("web", s => s.Status.Replicas == 0 && s.Status.ObservedGeneration == 3);
        await cluster.SettleAsync();

        Assert.Equal((10, 10), (PodCounts.Created(cluster.Journal), PodCounts.Ended(cluster.Journal)));
        Assert.All(PodCounts.Of(cluster.Journal, static _ => true), c => Assert.InRange(c.Count, 0, 10));
    }

    [Fact]
    public async Task Pods_that_match_are_adopted_and_those_that_no_longer_do_are_let_go()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.RunNodes("n1");
        await cluster.CreateAsync(Make.Pod("orphan", "web"));
        await cluster.CreateAsync(Make.Pod("stranger", "other"));
        cluster.Run(Names.ReplicaSet);
        var set = await cluster.CreateAsync(Make.ReplicaSet("web", 2));

        await cluster.UntilAsync<ReplicaSet>("web", s => s.Status.AvailableReplicas == 2);
        Assert.True(cluster.Get<Pod>("orphan").Metadata.IsControlledBy(set));
        Assert.Null(cluster.Get<Pod>("stranger").Metadata.Controller());
        Assert.Equal(3, PodCounts.Created(cluster.Journal));

        await cluster.PatchAsync<Pod>("orphan", """{"metadata":{"labels":{"app":"free"}}}""");
        await cluster.UntilAsync<Pod>("orphan", p => p.Metadata.OwnerReferences.Count == 0);
        await cluster.UntilAsync<ReplicaSet>("web", s => s.Status.AvailableReplicas == 2 && cluster.List<Pod>().Count == 4);
        Assert.Equal(0, PodCounts.Ended(cluster.Journal));
    }

    [Fact]
    public async Task A_pod_taken_away_in_one_write_is_replaced()
    {
        await using var cluster = await TestCluster.StartAsync(Names.ReplicaSet);
        cluster.RunNodes("n1");
        await cluster.CreateAsync(Make.ReplicaSet("web", 1));
        await cluster.UntilAsync<ReplicaSet>("web", s => s.Status.AvailableReplicas == 1);
        var taken = Assert.Single(cluster.List<Pod>());
        await cluster.SettleAsync(); // or the set's own last write would wake it

        await cluster.PatchAsync<Pod>(taken.Metadata.Name, """{"metadata":{"labels":{"app":"mine"},"ownerReferences":null}}""");

        await cluster.UntilAsync(() => cluster.List<Pod>().Count(p => p.Metadata.Labels["app"] == "web") == 1);
    }

    [Fact]
    public async Task A_set_that_is_going_adopts_nothing_and_creates_nothing()
    {
        await using var cluster = await TestCluster.StartAsync(Names.ReplicaSet);
        var set = Make.ReplicaSet("web", 0);
        await cluster.CreateAsync(set with { Metadata = set.Metadata with { Finalizers = ["example.com/hold"] } });
        await cluster.DeleteAsync<ReplicaSet>("web", Propagation.Background);
        await cluster.PatchAsync<ReplicaSet>("web", """{"spec":{"replicas":2}}""");
        await cluster.CreateAsync(Make.Pod("orphan", "web"));
        await cluster.SettleAsync();

        Assert.Empty(Assert.Single(cluster.List<Pod>()).Metadata.OwnerReferences);
    }

    [Fact]
    public async Task The_pods_that_serve_least_go_first()
    {
        await using var cluster = await TestCluster.StartAsync(Names.ReplicaSet);
        var nodes = cluster.RunNodes("n1", "n2");
        nodes.BecomesReady = static _ => false;
        await cluster.CreateAsync(Make.ReplicaSet("web", 5));
        await cluster.UntilAsync(() => cluster.List<Pod>().Count(p => p.Status.Phase == "Running") == 5);
        var ready = cluster.List<Pod>().Select(p => p.Metadata.Name).Take(3).ToList();
        nodes.BecomesReady = p => ready.Contains(p.Metadata.Name);
        await cluster.UntilAsync<ReplicaSet>("web", s => s.Status is { ReadyReplicas: 3, Replicas: 5 });

        await cluster.PatchAsync<Pod>(ready[0], """{"metadata":{"annotations":{"controller.kubernetes.io/pod-deletion-cost":"-5"}}}""");
        await cluster.PatchAsync<ReplicaSet>("web", """{"spec":{"replicas":3}}""");
        await cluster.UntilAsync(() => cluster.List<Pod>().Count == 3);
        Assert.Equal(ready, cluster.List<Pod>().Select(p => p.Metadata.Name));

        await cluster.PatchAsync<ReplicaSet>("web", """{"spec":{"replicas":2}}""");
        await cluster.UntilAsync(() => cluster.List<Pod>().Count == 2);
        Assert.Equal(ready[1..], cluster.List<Pod>().Select(p => p.Metadata.Name));
    }

    [Fact]
    public async Task Ready_pods_are_available_when_they_have_been_ready_for_long_enough()
    {
        await using var cluster = await TestCluster.StartAsync(Names.ReplicaSet);
        cluster.RunNodes("n1");
        var set = Make.ReplicaSet("web", 2);
        await cluster.CreateAsync(set with { Spec = set.Spec with { MinReadySeconds = 3600 } });
        await cluster.UntilAsync<ReplicaSet>("web", s => s.Status.ReadyReplicas == 2);
        Assert.Equal(0, cluster.Get<ReplicaSet>("web").Status.AvailableReplicas);

        cluster.Clock.Advance(TimeSpan.FromSeconds(3601));

        await cluster.UntilAsync<ReplicaSet>("web", s => s.Status.AvailableReplicas == 2);
    }

    [Fact]
    public async Task Pods_that_may_not_be_created_are_told_of_in_status_and_event()
    {
        await using var cluster = await TestCluster.StartAsync(Names.ReplicaSet);
        await cluster.DeleteAsync<ServiceAccount>("default");
        await cluster.CreateAsync(Make.ReplicaSet("web", 500));

        var set = await cluster.UntilAsync<ReplicaSet>("web", s => s.Status.Conditions.Count > 0);
        var condition = Assert.Single(set.Status.Conditions);
        Assert.Equal(("ReplicaFailure", "True", "FailedCreate"), (condition.Type, condition.Status, condition.Reason));
        Assert.Contains("serviceaccount \"default\" not found", condition.Message, StringComparison.Ordinal);
        await cluster.UntilAsync(() => cluster.EventsOf("ReplicaSet", "web").Any(e => e is { Type: "Warning", Reason: "FailedCreate" } && e.Message == $"Error creating: {condition.Message}"));

        await cluster.CreateAsync(new ServiceAccount { Metadata = new() { Name = "default", Namespace = TestCluster.Demo } });
        await cluster.PatchAsync<ReplicaSet>("web", """{"spec":{"replicas":3}}""");
        cluster.Clock.Advance(TimeSpan.FromSeconds(1000)); // as long as a queue ever waits between tries
        await cluster.UntilAsync<ReplicaSet>("web", s => s.Status is { Replicas: 3, Conditions.Count: 0 });
    }
}
