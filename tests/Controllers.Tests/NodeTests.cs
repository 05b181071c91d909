namespace KubeSharp.Controllers.Tests;

/// <summary>Nodes that fall silent, come back, or are gone; and what becomes of their pods.</summary>
public sealed class NodeTests : IAsyncLifetime
{
    private TestCluster _cluster = null!;
    private RunningControllers _running = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync();
        await FakeNodes.AddAsync(_cluster, "n1");
        await FakeNodes.AddAsync(_cluster, "n2");
        _running = _cluster.Run(Names.NodeLifecycle, Names.TaintEviction);
        await _cluster.UntilAsync(() => _cluster.List<Node>().All(n => n.Spec.Taints.Count == 0));
        await _cluster.SettleAsync();
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_silent_node_becomes_unknown_tainted_and_loses_its_pods_after_their_tolerations()
    {
        await PodAsync("usual", "n1");
        await PodAsync("short", "n1", new Toleration { Key = "node.kubernetes.io/unreachable", Operator = "Exists", Effect = "NoExecute", TolerationSeconds = 60 });
        await PodAsync("daemon", "n1", new Toleration { Key = "node.kubernetes.io/unreachable", Operator = "Exists", Effect = "NoExecute" });
        await PodAsync("elsewhere", "n2");

        await PassAsync(TimeSpan.FromSeconds(40), "n2"); // the grace period is 50 s since v1.32; it was 40
        Assert.Equal("True", Condition("n1", "Ready").Status);
        await PassAsync(TimeSpan.FromSeconds(20), "n2");
        await _cluster.UntilAsync(() => Condition("n1", "Ready").Status == "Unknown");
        foreach (var type in (string[])["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"])
            Assert.Equal(("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status."), (Condition("n1", type).Status, Condition("n1", type).Reason, Condition("n1", type).Message));
        await _cluster.UntilAsync<Node>("n1", n => n.Spec.Taints.Count == 2);
        Assert.Equal(
            [("node.kubernetes.io/unreachable", "NoExecute"), ("node.kubernetes.io/unreachable", "NoSchedule")],
            _cluster.Get<Node>("n1").Spec.Taints.Select(t => (t.Key, t.Effect)).Order());
        await _cluster.UntilAsync(() => _cluster.EventsOf("Node", "n1").Any(e => e.Message == "Node n1 status is now: NodeNotReady"));
        await _cluster.UntilAsync(() => Pods("n1").All(p => !p.IsReady()));
        Assert.True(_cluster.Get<Pod>("elsewhere").IsReady());

        await PassAsync(TimeSpan.FromSeconds(70), "n2");
        await _cluster.UntilAsync(() => IsGoing("short"));
        await PassAsync(TimeSpan.FromSeconds(200), "n2");
        await _cluster.SettleAsync();
        Assert.False(IsGoing("usual"));
        await PassAsync(TimeSpan.FromSeconds(60), "n2");
        await _cluster.UntilAsync(() => IsGoing("usual"));
        Assert.False(IsGoing("daemon"));
        Assert.False(IsGoing("elsewhere"));
        var target = _cluster.Get<Pod>("usual").Status.Conditions.Find("DisruptionTarget")!;
        Assert.Equal(("True", "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint"), (target.Status, target.Reason, target.Message));
        await _cluster.UntilAsync(() => _cluster.EventsOf("Pod", "usual").Any(e => e is { Reason: "TaintManagerEviction", Message: "Marking for deletion Pod demo/usual" }));
        Assert.Empty(_cluster.Logs.Warnings);
    }

    [Fact]
    public async Task A_node_that_returns_in_time_keeps_its_pods()
    {
        await PodAsync("p", "n1");
        await PassAsync(TimeSpan.FromSeconds(60), "n2");
        await _cluster.UntilAsync<Node>("n1", n => n.Spec.Taints.Count == 2);
        await PassAsync(TimeSpan.FromSeconds(200), "n2");

        // Its agent reports before it renews the lease.
        await FakeNodes.ReportAsync(_cluster, "n1");
        await _cluster.UntilAsync<Node>("n1", n => n.Spec.Taints.Count == 0);
        await _cluster.SettleAsync();
        Assert.Equal("True", Condition("n1", "Ready").Status);

        await PassAsync(TimeSpan.FromSeconds(400), "n1", "n2");
        await _cluster.SettleAsync();
        Assert.Equal("True", Condition("n1", "Ready").Status);
        Assert.False(IsGoing("p"));
    }

    [Fact]
    public async Task When_all_nodes_are_silent_no_pod_is_evicted_until_one_is_heard_again()
    {
        await PodAsync("p1", "n1");
        await PodAsync("p2", "n2");
        await PassAsync(TimeSpan.FromSeconds(60));
        await _cluster.UntilAsync(() => _cluster.List<Node>().All(n => n.Status.Conditions.Any(c => c is { Type: "Ready", Status: "Unknown" }) && n.Spec.Taints is [{ Effect: "NoSchedule" }]));
        await _cluster.SettleAsync();
        await PassAsync(TimeSpan.FromSeconds(600));
        await _cluster.SettleAsync();
        Assert.All(_cluster.List<Node>(), n => Assert.DoesNotContain(n.Spec.Taints, t => t.Effect == "NoExecute"));
        Assert.All(_cluster.List<Node>(), n => Assert.Contains(n.Spec.Taints, t => t is { Key: "node.kubernetes.io/unreachable", Effect: "NoSchedule" }));
        Assert.False(IsGoing("p1") || IsGoing("p2"));

        await FakeNodes.HeartbeatAsync(_cluster, "n2");
        await FakeNodes.ReportAsync(_cluster, "n2");
        await _cluster.UntilAsync<Node>("n1", n => n.Spec.Taints.Any(t => t.Effect == "NoExecute"));
        await PassAsync(TimeSpan.FromSeconds(310), "n2");
        await _cluster.UntilAsync(() => IsGoing("p1"));
        Assert.False(IsGoing("p2"));
    }

    [Fact]
    public async Task A_node_that_never_reports_is_unknown_with_that_reason()
    {
        await _cluster.CreateAsync(new Node { Metadata = new() { Name = "n3" } });
        await _cluster.SettleAsync();
        await PassAsync(TimeSpan.FromSeconds(60), "n1", "n2");

        await _cluster.UntilAsync<Node>("n3", n => n.Status.Conditions.Count == 4);
        Assert.All(_cluster.Get<Node>("n3").Status.Conditions, c => Assert.Equal(("Unknown", "NodeStatusNeverUpdated", "Kubelet never posted node status."), (c.Status, c.Reason, c.Message)));
    }

    [Fact]
    public async Task A_taint_without_toleration_evicts_at_once()
    {
        await PodAsync("p1", "n1");
        await PodAsync("p2", "n2");
        await _cluster.PatchAsync<Node>("n1", """{"spec":{"taints":[{"key":"repair","effect":"NoExecute"}]}}""");

        await _cluster.UntilAsync(() => IsGoing("p1"));
        await _cluster.SettleAsync();
        Assert.False(IsGoing("p2"));
        Assert.Equal("repair", Assert.Single(_cluster.Get<Node>("n1").Spec.Taints).Key);
    }

    [Fact]
    public async Task An_evicted_pod_keeps_its_name_until_its_node_is_back_and_confirms_its_end()
    {
        await PodAsync("db-0", "n1");
        await PassAsync(TimeSpan.FromSeconds(60), "n2");
        await _cluster.UntilAsync<Node>("n1", n => n.Spec.Taints.Count == 2);
        await PassAsync(TimeSpan.FromSeconds(310), "n2");
        await _cluster.UntilAsync(() => IsGoing("db-0"));
        await PassAsync(TimeSpan.FromSeconds(600), "n2");

        // It may still run over there: a second of the name must not begin.
        var second = await Assert.ThrowsAsync<ApiException>(() => _cluster.Admin.CreateAsync(Make.Pod("db-0", "x"), TestCluster.Ct));
        Assert.True(second.IsAlreadyExists);

        await FakeNodes.HeartbeatAsync(_cluster, "n1");
        await FakeNodes.ReportAsync(_cluster, "n1");
        await _cluster.UntilAsync<Node>("n1", n => n.Spec.Taints.Count == 0);
        await _cluster.Admin.DeleteAsync<Pod>(new(TestCluster.Demo, "db-0"), new(Uid: _cluster.Get<Pod>("db-0").Metadata.Uid, GracePeriodSeconds: 0), TestCluster.Ct);
        await _cluster.CreateAsync(Make.Pod("db-0", "x"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(24 * 3652)]
    [InlineData(-24 * 3652)]
    public async Task A_wall_clock_that_jumps_by_hours_evicts_nobody_early_and_makes_nobody_silent(int hours)
    {
        await PodAsync("away", "n1");
        await PodAsync("here", "n2");
        await PassAsync(TimeSpan.FromSeconds(60), "n2");
        await _cluster.UntilAsync<Node>("n1", n => n.Spec.Taints.Count == 2);
        await PassAsync(TimeSpan.FromSeconds(100), "n2");

        _cluster.Clock.Jump(TimeSpan.FromHours(hours));
        await PassAsync(TimeSpan.FromSeconds(100), "n2");
        await _cluster.SettleAsync();
        Assert.False(IsGoing("away") || IsGoing("here"));
        Assert.Equal("True", Condition("n2", "Ready").Status);

        await PassAsync(TimeSpan.FromSeconds(110), "n2");
        await _cluster.UntilAsync(() => IsGoing("away"));
        Assert.False(IsGoing("here"));
    }

    [Fact]
    public async Task A_restart_neither_forgets_nor_hurries_an_eviction()
    {
        await PodAsync("p", "n1");
        await PassAsync(TimeSpan.FromSeconds(60), "n2");
        await _cluster.UntilAsync<Node>("n1", n => n.Spec.Taints.Count == 2);
        await PassAsync(TimeSpan.FromSeconds(200), "n2");

        await _running.DisposeAsync();
        _running = _cluster.Run(Names.NodeLifecycle, Names.TaintEviction);
        await PassAsync(TimeSpan.FromSeconds(40), "n2");
        await _cluster.SettleAsync();
        Assert.False(IsGoing("p"));
        await PassAsync(TimeSpan.FromSeconds(70), "n2");
        await _cluster.UntilAsync(() => IsGoing("p"));
    }

    [Fact]
    public async Task A_pod_bound_to_a_tainted_node_has_its_whole_while()
    {
        await PassAsync(TimeSpan.FromSeconds(60), "n2");
        await _cluster.UntilAsync<Node>("n1", n => n.Spec.Taints.Count == 2);
        await PassAsync(TimeSpan.FromSeconds(600), "n2");
        await PodAsync("late", "n1");
        await PassAsync(TimeSpan.FromSeconds(250), "n2");
        await _cluster.SettleAsync();
        Assert.False(IsGoing("late"));

        await FakeNodes.HeartbeatAsync(_cluster, "n1");
        await FakeNodes.ReportAsync(_cluster, "n1");
        await _cluster.UntilAsync(() => _cluster.EventsOf("Pod", "late").Any(e => e.Message == "Cancelling deletion of Pod demo/late"));
        await PassAsync(TimeSpan.FromSeconds(100), "n1", "n2");
        Assert.False(IsGoing("late"));
    }

    private static PodCondition? Ready(Pod pod) => pod.Status.Conditions.Find("Ready");

    private IEnumerable<Pod> Pods(string node) => _cluster.List<Pod>().Where(p => p.Spec.NodeName == node && Ready(p) is not null);

    private bool IsGoing(string pod) => _cluster.Get<Pod>(pod).Metadata.DeletionTimestamp is not null;

    private NodeCondition Condition(string node, string type) => _cluster.Get<Node>(node).Status.Conditions.First(c => c.Type == type);

    private async Task PodAsync(string name, string node, params Toleration[] tolerations)
    {
        var pod = Make.Pod(name, "x");
        var created = await _cluster.CreateAsync(pod with { Spec = pod.Spec with { NodeName = node, Tolerations = tolerations } });
        await FakeNodes.RunPodAsync(_cluster, created, isReady: true, "10.244.0.9");
    }

    private Task PassAsync(TimeSpan time, params string[] alive) => _cluster.PassAsync(_running, time, alive);
}
