using KubeSharp.Objects.CoordinationV1;

namespace KubeSharp.Controllers.Tests;

/// <summary>Nodes that fall silent, come back, or are gone; and what becomes of their pods.</summary>
public sealed class NodeTests : IAsyncLifetime
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);

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

        await PassAsync(TimeSpan.FromSeconds(40), "n2"); // the grace period is 50 s since 1.32; it was 40
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
        await PassAsync(TimeSpan.FromSeconds(600));
        await _cluster.UntilAsync(() => Condition("n1", "Ready").Status == "Unknown" && Condition("n2", "Ready").Status == "Unknown");
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

    /// <summary>Time passes; these nodes are heard, each beat before the next.</summary>
    private async Task PassAsync(TimeSpan time, params string[] alive)
    {
        var leases = _running.Informers.For<Lease>(new ListQuery(Namespace: "kube-node-lease"));
        for (var passed = TimeSpan.Zero; passed < time; passed += Beat)
        {
            _cluster.Clock.Advance(Beat);
            foreach (var node in alive)
            {
                await FakeNodes.HeartbeatAsync(_cluster, node);
                var renewed = _cluster.Find<Lease>(node, "kube-node-lease")?.Spec.RenewTime;
                await _cluster.UntilAsync(() => leases.Find(new("kube-node-lease", node))?.Spec.RenewTime >= renewed);
            }
        }
    }
}
