using KubeSharp.Controllers.Deployments;

namespace KubeSharp.Controllers.Tests;

/// <summary>Rollouts: what holds at every moment, and the turns that people make in the middle of them.</summary>
public sealed class DeploymentTests : IAsyncLifetime
{
    private TestCluster _cluster = null!;
    private FakeNodes _nodes = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync(Names.Deployment, Names.ReplicaSet);
        _nodes = _cluster.RunNodes("n1", "n2");
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task While_the_cache_does_not_show_that_it_is_going_a_deployment_gets_no_new_set()
    {
        await using var cluster = await TestCluster.StartAsync();
        var late = new LaggingClient<Deployment>(cluster.Admin);
        var running = cluster.Run(late, new() { AuthorityPem = RunningControllers.AuthorityPem }, Names.Deployment);
        await running.Informers.For<Deployment>().WaitForSyncAsync(TestCluster.Ct);
        await cluster.CreateAsync(Of("web", 2, "1", "0"));
        await cluster.UntilAsync(() => cluster.List<ReplicaSet>().Count == 1);
        await cluster.SettleAsync();

        late.Hold();
        await cluster.DeleteAsync<Deployment>("web", Propagation.Foreground);
        await cluster.DeleteAsync<ReplicaSet>(cluster.List<ReplicaSet>()[0].Metadata.Name);
        await cluster.SettleAsync();

        Assert.NotNull(cluster.Get<Deployment>("web").Metadata.DeletionTimestamp);
        Assert.Empty(cluster.List<ReplicaSet>());
        late.Release();
    }

    [Theory]
    [InlineData(6, "1", "0")]
    [InlineData(6, "0", "2")]
    [InlineData(6, "50%", "50%")]
    [InlineData(3, "100%", "0")]
    public async Task A_rolling_update_keeps_to_its_limits_at_every_moment(int replicas, string surge, string unavailable)
    {
        await _cluster.CreateAsync(Of("web", replicas, surge, unavailable));
        await CompleteAsync("web", replicas);
        var began = _cluster.Journal.Revision;
        var (maxSurge, maxUnavailable) = RolloutPlan.Limits(_cluster.Get<Deployment>("web"));

        await ImageAsync("web", "j");
        await CompleteAsync("web", replicas, "j");

        // The surge is a limit of what the sets are told to have: one may create a moment before the other deletes, as upstream's do.
        var sizes = new Dictionary<string, int>();
        foreach (var entry in _cluster.Journal.Of<ReplicaSet>().Where(e => !e.IsDeletion))
        {
            sizes[entry.Key] = entry.As<ReplicaSet>().Spec.Replicas ?? 1;
            Assert.InRange(sizes.Values.Sum(), 1, replicas + maxSurge);
        }

        var available = PodCounts.Of(_cluster.Journal, static p => p.IsReady() && p.Metadata.DeletionTimestamp is null).Where(c => c.Revision > began).Select(c => c.Count).ToList();
        Assert.InRange(available.Min(), replicas - maxUnavailable, replicas);
        Assert.Equal(2 * replicas, PodCounts.Created(_cluster.Journal));
        Assert.Equal([0, replicas], _cluster.List<ReplicaSet>().Select(s => s.Spec.Replicas ?? 1).Order());
    }

    [Theory]
    [InlineData(2, 3, 2, 2, 1)] // shrunk from 3 to 2, and its status does not say so yet: one may go, not two
    [InlineData(2, 2, 2, 2, 1)]
    [InlineData(3, 3, 1, 0, 3)] // the new one does not serve yet
    [InlineData(3, 0, 1, 1, 2)] // a broken one goes, but not below what is wanted
    public void Old_sets_shrink_by_what_is_surely_not_needed(int oldSize, int oldAvailable, int newSize, int newAvailable, int left)
    {
        ReplicaSet Set(string uid, int size, int available) => Make.ReplicaSet(uid, size) with { Metadata = new() { Name = uid, Uid = uid }, Status = new() { AvailableReplicas = available } };
        var old = Set("old", oldSize, oldAvailable);

        var sizes = RolloutPlan.ShrinkOld(Of("web", 3, "1", "0"), [old], Set("new", newSize, newAvailable));

        Assert.Equal(left, sizes.GetValueOrDefault("old", oldSize));
    }

    [Fact]
    public async Task A_new_template_that_never_becomes_ready_stops_and_can_be_taken_back()
    {
        _nodes.BecomesReady = static p => p.Spec.Containers[0].Image != "bad";
        await _cluster.CreateAsync(Of("web", 4, "1", "1"));
        await CompleteAsync("web", 4);

        await ImageAsync("web", "bad");
        await _cluster.UntilAsync<Deployment>("web", d => d.Status is { UpdatedReplicas: 2, Replicas: 5, AvailableReplicas: 3 });
        await _cluster.SettleAsync();
        Assert.Equal(3, _cluster.List<Pod>().Count(p => p.IsReady()));

        await ImageAsync("web", "i");
        await CompleteAsync("web", 4, "i");
        var deployment = _cluster.Get<Deployment>("web");
        Assert.Equal("3", deployment.Metadata.Annotations[Annotations.Revision]);
        var current = _cluster.List<ReplicaSet>().Single(s => s.Spec.Replicas == 4);
        Assert.Equal(("3", "1"), (current.Metadata.Annotations[Annotations.Revision], current.Metadata.Annotations[Annotations.History]));
        Assert.Equal(4 + 2 + 1, PodCounts.Created(_cluster.Journal)); // what still ran was kept
    }

    [Fact]
    public async Task A_paused_deployment_scales_but_does_not_roll()
    {
        await _cluster.CreateAsync(Of("web", 2, "1", "0"));
        await CompleteAsync("web", 2);
        await _cluster.PatchAsync<Deployment>("web", """{"spec":{"paused":true}}""");
        var paused = await _cluster.UntilAsync<Deployment>("web", d => d.Status.Find(DeploymentConditions.Progressing)?.Reason == "DeploymentPaused");
        Assert.Equal(("True", "Deployment is paused"), (paused.Status.Find(DeploymentConditions.Progressing)!.Status, paused.Status.Find(DeploymentConditions.Progressing)!.Message));

        await ImageAsync("web", "j");
        await _cluster.PatchAsync<Deployment>("web", """{"spec":{"replicas":5}}""");
        await _cluster.UntilAsync<Deployment>("web", d => d.Status is { AvailableReplicas: 5 });
        await _cluster.SettleAsync();
        Assert.Equal(5, Assert.Single(_cluster.List<ReplicaSet>()).Spec.Replicas);
        _cluster.Clock.Advance(TimeSpan.FromHours(1));
        await _cluster.SettleAsync();

        await _cluster.PatchAsync<Deployment>("web", """{"spec":{"paused":false}}""");
        await _cluster.UntilAsync(() => _cluster.Journal.Of<Deployment>().Any(e => e.As<Deployment>().Status.Find(DeploymentConditions.Progressing)?.Reason == "DeploymentResumed"));
        await CompleteAsync("web", 5, "j");
        Assert.DoesNotContain(_cluster.Journal.Of<Deployment>(), e => e.As<Deployment>().Status.Find(DeploymentConditions.Progressing)?.Reason == DeploymentConditions.TimedOut);
    }

    [Fact]
    public async Task Recreate_never_has_pods_of_two_templates_at_once()
    {
        await _cluster.CreateAsync(Of("web", 3, "1", "0") with { Spec = Of("web", 3, "1", "0").Spec with { Strategy = new() { Type = "Recreate" } } });
        await CompleteAsync("web", 3);
        _nodes.Ends = static _ => false;
        await ImageAsync("web", "j");
        await _cluster.UntilAsync(() => _cluster.List<Pod>().All(p => p.Metadata.DeletionTimestamp is not null));
        await _cluster.SettleAsync();
        Assert.Equal(3, _cluster.List<Pod>().Count);

        _nodes.Ends = static _ => true;
        await CompleteAsync("web", 3, "j");

        var images = new Dictionary<string, string>();
        foreach (var entry in _cluster.Journal.Of<Pod>())
        {
            if (entry.IsDeletion)
                images.Remove(entry.Key);
            else
                images[entry.Key] = entry.As<Pod>().Spec.Containers[0].Image;
            Assert.InRange(images.Values.Distinct().Count(), 0, 1);
        }
    }

    [Fact]
    public async Task A_rollout_whose_beginning_was_not_written_down_has_its_deadline_all_the_same()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.RunNodes("n1").BecomesReady = static p => p.Spec.Containers[0].Image != "bad";
        var first = cluster.Run(Names.Deployment, Names.ReplicaSet);
        await cluster.CreateAsync(Of("web", 1, "1", "0"));
        await cluster.UntilAsync<Deployment>("web", d => d.Status.Find(DeploymentConditions.Progressing)?.Reason == DeploymentConditions.NewSetAvailable);
        await first.DisposeAsync();

        // What is left of a controller that died between creating the new set and saying so.
        var labels = new Dictionary<string, string>(Make.Labels("web")) { [TemplateHash.Label] = "x" };
        var old = Assert.Single(cluster.List<ReplicaSet>());
        var template = (await cluster.PatchAsync<Deployment>("web", """{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"bad"}]}}}}""")).Spec.Template;
        await cluster.CreateAsync(new ReplicaSet
        {
            Metadata = new() { Name = "web-x", Namespace = TestCluster.Demo, Labels = labels, OwnerReferences = old.Metadata.OwnerReferences },
            Spec = new() { Replicas = 1, Selector = new() { MatchLabels = labels }, Template = template with { Metadata = template.Metadata with { Labels = labels } } },
        });

        cluster.Run(Names.Deployment, Names.ReplicaSet);
        await cluster.UntilAsync<Deployment>("web", d => d.Status is { UpdatedReplicas: 1, ObservedGeneration: 2 });
        await cluster.SettleAsync();
        cluster.Clock.Advance(TimeSpan.FromSeconds(601));

        var late = await cluster.UntilAsync<Deployment>("web", d => d.Status.Find(DeploymentConditions.Progressing)?.Reason == DeploymentConditions.TimedOut);
        Assert.Equal("ReplicaSet \"web-x\" has timed out progressing.", late.Status.Find(DeploymentConditions.Progressing)!.Message);
    }

    [Fact]
    public async Task Sets_share_a_change_of_size_in_the_middle_of_a_rollout()
    {
        _nodes.BecomesReady = static p => p.Spec.Containers[0].Image != "bad";
        await _cluster.CreateAsync(Of("web", 10, "3", "2"));
        await CompleteAsync("web", 10);
        await ImageAsync("web", "bad");
        await _cluster.UntilAsync<Deployment>("web", d => d.Status is { Replicas: 13, UpdatedReplicas: 5 });

        await _cluster.PatchAsync<Deployment>("web", """{"spec":{"replicas":15}}""");

        // The documentation's example: 8 and 5 of 13 become 18 by their shares.
        await _cluster.UntilAsync<Deployment>("web", d => d.Status is { Replicas: 18 } && d.Status.ObservedGeneration == d.Metadata.Generation);
        await _cluster.SettleAsync();
        Assert.Equal([7, 11], _cluster.List<ReplicaSet>().Select(s => s.Spec.Replicas ?? 1).Order());
        Assert.Equal(2, _cluster.List<ReplicaSet>().Count);
    }

    [Fact]
    public async Task A_name_that_is_taken_by_another_template_is_counted_and_avoided()
    {
        var deployment = Of("web", 2, "1", "0");
        var stored = await _cluster.CreateAsync(deployment with { Spec = deployment.Spec with { Paused = true } });
        var taken = $"web-{TemplateHash.Of(stored.Spec.Template, null)}";
        var other = Make.ReplicaSet("other", 0);
        await _cluster.CreateAsync(other with { Metadata = other.Metadata with { Name = taken } });

        await _cluster.PatchAsync<Deployment>("web", """{"spec":{"paused":false}}""");
        await CompleteAsync("web", 2);

        Assert.Equal(1, _cluster.Get<Deployment>("web").Status.CollisionCount);
        Assert.Equal($"web-{TemplateHash.Of(stored.Spec.Template, 1)}", _cluster.List<ReplicaSet>().Single(s => s.Metadata.Name != taken).Metadata.Name);
    }

    [Fact]
    public async Task Old_sets_beyond_the_history_limit_are_forgotten_oldest_first()
    {
        var deployment = Of("web", 1, "1", "0");
        await _cluster.CreateAsync(deployment with { Spec = deployment.Spec with { RevisionHistoryLimit = 2 } });
        await CompleteAsync("web", 1);
        foreach (var image in (string[])["j", "k", "l", "m"])
        {
            await ImageAsync("web", image);
            await CompleteAsync("web", 1, image);
        }

        await _cluster.UntilAsync(() => _cluster.List<ReplicaSet>().Count == 3);
        Assert.Equal(["3", "4", "5"], _cluster.List<ReplicaSet>().Select(s => s.Metadata.Annotations[Annotations.Revision]).Order(StringComparer.Ordinal));
    }

    private static Deployment Of(string name, int replicas, string surge, string unavailable) => new()
    {
        Metadata = new() { Name = name, Namespace = TestCluster.Demo },
        Spec = new()
        {
            Replicas = replicas,
            Selector = new() { MatchLabels = Make.Labels(name) },
            Template = Make.Template(name),
            Strategy = new() { Type = "RollingUpdate", RollingUpdate = new() { MaxSurge = Number(surge), MaxUnavailable = Number(unavailable) } },
        },
    };

    private static IntOrString Number(string text) => int.TryParse(text, out var number) ? number : text;

    private Task<Deployment> ImageAsync(string name, string image) => _cluster.Admin.PatchAsync<Deployment>(
        new(TestCluster.Demo, name), Patch.Strategic("""{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"IMAGE"}]}}}}""".Replace("IMAGE", image, StringComparison.Ordinal)), "", TestCluster.Ct);

    /// <summary>Until the rollout is complete, and only its pods are left.</summary>
    private Task CompleteAsync(string name, int replicas, string image = "i") => _cluster.UntilAsync(
        () => _cluster.Find<Deployment>(name) is { } d && DeploymentConditions.IsComplete(d, d.Status) && d.Status.Replicas == replicas
            && d.Status.Find(DeploymentConditions.Progressing)?.Reason == DeploymentConditions.NewSetAvailable
            && _cluster.List<Pod>().Count == replicas && _cluster.List<Pod>().All(p => p.Spec.Containers[0].Image == image),
        () => System.Text.Encoding.UTF8.GetString(Json.Encode(_cluster.Get<Deployment>(name).Status)));
}
