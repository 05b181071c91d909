using KubeSharp.Objects.StorageV1;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.Scheduler.Tests;

/// <summary>The whole scheduler, against a small API.</summary>
public sealed class SchedulerComponentTests : IAsyncLifetime
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);

    private readonly FakeTimeProvider _clock = new();
    private readonly FakeInformers _informers = new();
    private readonly FakeApi _api;
    private readonly CancellationTokenSource _stop = new();
    private Task _run = Task.CompletedTask;

    public SchedulerComponentTests() => _api = new(_informers);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _api.Dispose();
    }

    [Fact]
    public async Task Pods_are_spread_over_the_nodes_and_events_say_so()
    {
        Nodes(Make.Node("n1"), Make.Node("n2"));
        Start();

        for (var i = 0; i < 6; i++)
            Pod(Make.Pod($"p{i}", "500m", "1Gi"));
        await UntilAsync(() => _api.Events.Count == 6);

        Assert.Equal([3, 3], _api.Bound.GroupBy(b => b.Node).Select(n => n.Count()));
        Assert.All(_api.Bound, b => Assert.Contains($"Normal Scheduled {b.Pod}: Successfully assigned ns/{b.Pod} to {b.Node}", _api.Events));
    }

    [Fact]
    public async Task A_node_is_never_filled_twice_however_slow_the_bindings_are()
    {
        Nodes(Make.Node("n1", cpu: "2"), Make.Node("n2", cpu: "2"));
        for (var i = 0; i < 10; i++)
            Pod(Make.Pod($"p{i}", "1"));
        Start();

        await UntilAsync(() => _api.Bound.Count == 4 && _api.Conditions.Count >= 6);

        Assert.Equal([2, 2], _api.Bound.GroupBy(b => b.Node).Select(n => n.Count()));
        Assert.Contains(_api.Events, e => e.EndsWith(
            ": 0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Why_a_pod_stays_pending_is_told_in_upstreams_words()
    {
        Nodes(Make.Node("n1").With(s => s with { Unschedulable = true }), Make.Node("n2", cpu: "500m"), Make.Node("n3", cpu: "1"));
        _informers.Of<Pod>().Put(Make.Pod("there", "600m").On("n3"));
        Pod(Make.Pod("p", "700m"));
        Start();

        await UntilAsync(() => _api.Conditions.Count == 1);

        const string Message = "0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu. "
            + "preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.";
        Assert.Equal([$"Warning FailedScheduling p: {Message}"], _api.Events);
        var condition = Assert.Single(_api.Conditions);
        Assert.StartsWith("p {\"status\":{\"conditions\":[{\"type\":\"PodScheduled\",\"observedGeneration\":1,\"status\":\"False\"", condition, StringComparison.Ordinal);
        Assert.Contains($"\"reason\":\"Unschedulable\",\"message\":\"{Message}\"", condition, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pending_pod_is_placed_when_a_node_comes_and_when_another_pod_leaves()
    {
        Pod(Make.Pod("first", "3"));
        Start();
        await UntilAsync(() => _api.Events.Contains("Warning FailedScheduling first: no nodes available to schedule pods"));

        Nodes(Make.Node("n1", cpu: "4"));
        await UntilAsync(() => _api.Bound.Contains(("first", "n1")));
        Pod(Make.Pod("second", "3"));
        await UntilAsync(() => _api.Conditions.Any(c => c.StartsWith("second", StringComparison.Ordinal)));
        _informers.Of<Pod>().Delete(new("ns", "first"));

        await UntilAsync(() => _api.Bound.Contains(("second", "n1")));
    }

    [Fact]
    public async Task A_binding_that_fails_gives_the_room_back_and_the_pod_is_tried_again()
    {
        Nodes(Make.Node("n1", cpu: "1"));
        var failures = 2;
        _api.BeforeBind = _ =>
        {
            if (failures-- > 0)
                throw ApiException.Internal("no leader");
        };
        Pod(Make.Pod("p", "1"));
        Start();

        await UntilAsync(() => _api.Bound.Contains(("p", "n1")));

        Assert.Contains("Warning FailedScheduling p: running Bind plugin \"DefaultBinder\": Internal error occurred: no leader", _api.Events);
    }

    /// <summary>Fault test 16: the scheduler dies between choosing a node and hearing that the pod is bound.</summary>
    [Theory]
    [InlineData(false)] // the binding never arrived
    [InlineData(true)] // it arrived, its answer did not
    public async Task A_scheduler_killed_while_it_binds_leaves_no_pod_lost_or_bound_twice(bool arrives)
    {
        Nodes(Make.Node("n1", cpu: "4"), Make.Node("n2", cpu: "4"));
        for (var i = 0; i < 8; i++)
            Pod(Make.Pod($"p{i}", "1"));
        using var death = new CancellationTokenSource();
        var bindings = 0;
        void Kill(string pod)
        {
            if (Interlocked.Increment(ref bindings) < 3)
                return;

            death.Cancel();
            throw new OperationCanceledException(death.Token);
        }

        if (arrives)
            _api.AfterBind = Kill;
        else
            _api.BeforeBind = Kill;
        await Component().RunAsync(death.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Assert.InRange(_api.Bound.Count, 2, 7);

        (_api.BeforeBind, _api.AfterBind) = (_ => { }, _ => { });
        Start();
        await UntilAsync(() => _api.Bound.Count >= 8);

        Assert.Equal(8, _api.Bound.Select(b => b.Pod).Distinct().Count());
        Assert.Equal([4, 4], _api.Bound.GroupBy(b => b.Node).Select(n => n.Count()));
    }

    [Fact]
    public async Task Pods_of_other_schedulers_and_pods_that_are_going_are_left_alone()
    {
        Nodes(Make.Node("n1"));
        Pod(Make.Pod("other").With(s => s with { SchedulerName = "mine" }));
        var going = Make.Pod("going");
        Pod(going with { Metadata = going.Metadata with { DeletionTimestamp = _clock.GetUtcNow() } });
        Pod(Make.Pod("ours"));
        Start();

        await UntilAsync(() => !_api.Bound.IsEmpty);

        Assert.Equal([("ours", "n1")], _api.Bound);
    }

    [Fact]
    public async Task A_pod_that_names_its_node_goes_there_or_says_why_not()
    {
        Nodes(Make.Node("n1"), Make.Node("n2", cpu: "1"), Make.Node("n3"));
        Pod(Named("a", "n3", "1"));
        Pod(Named("b", "n2", "2"));
        Start();

        await UntilAsync(() => _api.Conditions.Count == 1 && _api.Bound.Count == 1);

        Assert.Equal([("a", "n3")], _api.Bound);
        Assert.Contains(
            "Warning FailedScheduling b: 0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. "
            + "preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
            _api.Events);
    }

    [Fact]
    public async Task A_more_important_pod_takes_the_place_of_a_lesser_one()
    {
        Nodes(Make.Node("n1", cpu: "2"));
        Pod(Make.Pod("lesser", "2").On("n1"));
        Pod(Make.Pod("important", "2").With(s => s with { Priority = 100 }));
        Start();

        await UntilAsync(() => _api.Bound.Contains(("important", "n1")));

        Assert.Contains("Normal Preempted lesser: Preempted by pod uid-important on node n1", _api.Events);
        Assert.Contains("Warning FailedScheduling important: 0/1 nodes are available: 1 Insufficient cpu.", _api.Events);
        Assert.Contains(_api.Conditions, c => c.StartsWith("lesser", StringComparison.Ordinal) && c.Contains("\"reason\":\"PreemptionByScheduler\"", StringComparison.Ordinal));
        Assert.Contains(_api.Conditions, c => c.StartsWith("important", StringComparison.Ordinal) && c.Contains("\"nominatedNodeName\":\"n1\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pod_is_bound_once_its_volume_has_been_made_where_it_goes()
    {
        Nodes(Make.Node("n1"));
        _informers.Of<StorageClass>().Put(new() { Metadata = new() { Name = "fast" }, Provisioner = "csi.example.com", VolumeBindingMode = "WaitForFirstConsumer" });
        _informers.Of<PersistentVolume>().Put(new() { Metadata = new() { Name = "made" } });
        _informers.Of<PersistentVolumeClaim>().Put(new()
        {
            Metadata = new() { Namespace = "ns", Name = "data", ResourceVersion = "1" },
            Spec = new() { StorageClassName = "fast" },
        });
        Pod(Make.Pod("p").With(s => s with { Volumes = [new() { Name = "v", PersistentVolumeClaim = new() { ClaimName = "data" } }] }));
        Start();

        await UntilAsync(() => _api.Bound.Contains(("p", "n1")));

        Assert.Equal("n1", _informers.Of<PersistentVolumeClaim>().Find(new("ns", "data"))?.Metadata.Annotations["volume.kubernetes.io/selected-node"]);
    }

    private static Pod Named(string name, string node, string cpu) => Make.Pod(name, cpu).With(s => s with
    {
        Affinity = new()
        {
            NodeAffinity = new()
            {
                RequiredDuringSchedulingIgnoredDuringExecution = new()
                {
                    NodeSelectorTerms = [new() { MatchFields = [new() { Key = "metadata.name", Operator = "In", Values = [node] }] }],
                },
            },
        },
    });

    private void Nodes(params Node[] nodes) => Array.ForEach(nodes, _informers.Of<Node>().Put);

    private void Pod(Pod pod) => _informers.Of<Pod>().Put(pod);

    private void Start() => _run = Component().RunAsync(_stop.Token);

    private SchedulerComponent Component() => new(_api.Client(_clock), _informers, _api, _clock, new Random(1), NullLoggerFactory.Instance);

    private async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
        {
            Token.ThrowIfCancellationRequested();
            if (_run.IsFaulted)
                await _run;
            await Task.Yield();
            _clock.Advance(Step);
        }
    }
}
