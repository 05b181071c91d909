using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Tests.Fakes;
using KubeSharp.Machinery;
using static KubeSharp.Kubelet.Tests.Fakes.PodsOf;

namespace KubeSharp.Kubelet.Tests.Pods;

public sealed class KubeletPodsTests : IAsyncDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly FakeNode _node = new();

    private IReadOnlyList<string> Calls => _node.Runtime.Calls;

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task A_pod_starts_and_its_status_says_so()
    {
        _node.Start();
        _node.Api.Add(One("a"));

        await _node.UntilAsync(() => _node.Api.Get("a")!.Status.Phase == "Running");

        Assert.Equal(["RunSandbox a", "CreateContainer web#0", "StartContainer web#0"], Calls);
        Assert.Equal(
            ["Normal Created Container created [spec.containers{web}]", "Normal Started Container started [spec.containers{web}]"], _node.Events.All);
        var status = _node.Api.Get("a")!.Status;
        Assert.Equal("10.88.0.1", status.PodIP);
        Assert.Equal("192.0.2.1", status.HostIP);
        Assert.All(status.Conditions, c => Assert.Equal("True", c.Status));
        Assert.Equal(["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"], status.Conditions.Select(c => c.Type));
        var web = Assert.Single(status.ContainerStatuses);
        Assert.True(web is { Ready: true, Started: true, RestartCount: 0, ContainerID: "containerd://container-2", State.Running: not null });
    }

    [Fact]
    public async Task Init_containers_run_in_turn_before_the_others()
    {
        _node.Runtime.ExitsAtOnce = c => c.Metadata.Name.StartsWith("init", StringComparison.Ordinal) ? 0 : null;
        _node.Start();
        _node.Api.Add(One("a").With(s => s with { InitContainers = [Named("init-1"), Named("init-2")] }));

        await _node.UntilAsync(() => _node.Api.Get("a")!.Status.Phase == "Running");

        Assert.Equal(["init-1#0", "init-2#0", "web#0"], Calls.Where(c => c.StartsWith("Start", StringComparison.Ordinal)).Select(c => c.Split(' ')[1]));
    }

    [Fact]
    public async Task A_crashing_container_restarts_with_growing_pauses()
    {
        _node.Runtime.ExitsAtOnce = _ => 3;
        _node.Start();
        _node.Api.Add(One("a"));

        await _node.UntilAsync(() => Waiting("a") == "CrashLoopBackOff");
        Assert.Equal(2, Calls.Count(c => c.StartsWith("Start", StringComparison.Ordinal)));
        var web = _node.Api.Get("a")!.Status.ContainerStatuses[0];
        Assert.Equal("back-off 10s restarting failed container=web pod=a_default(uid-a)", web.State.Waiting!.Message);
        Assert.Equal(3, web.LastState.Terminated!.ExitCode);
        Assert.Equal(1, web.RestartCount);
        Assert.Contains("Warning BackOff Back-off restarting failed container web in pod a_default(uid-a) [spec.containers{web}]", _node.Events.All);

        _node.Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(2, Calls.Count(c => c.StartsWith("Start", StringComparison.Ordinal)));
        _node.Clock.Advance(Second);
        await _node.UntilAsync(() => _node.Api.Get("a")!.Status.ContainerStatuses[0] is { RestartCount: 2, State.Waiting.Message: { } m } && m.StartsWith("back-off 20s", StringComparison.Ordinal));

        // Of each container one ended life is kept.
        await _node.UntilAsync(() => Calls.Contains("RemoveContainer web#1"));
    }

    [Fact]
    public async Task A_deleted_pod_gets_its_grace_and_then_leaves_nothing()
    {
        _node.Runtime.StopsOnSignal = _ => false;
        _node.Start();
        _node.Api.Add(One("a"));
        await _node.UntilAsync(() => _node.Api.Get("a")!.Status.Phase == "Running");

        _node.Api.Delete("a", grace: 30);
        await _node.UntilAsync(() => Calls.Contains("StopContainer web#0 30s"));
        _node.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.NotNull(_node.Api.Get("a"));
        Assert.DoesNotContain("StopSandbox a", Calls);

        await _node.UntilAsync(() => _node.Api.Get("a") is null, Second);
        await _node.UntilAsync(() => Calls.Contains("RemoveSandbox a"));
        Assert.Contains("Normal Killing Stopping container web [spec.containers{web}]", _node.Events.All);
        Assert.Contains("uid-a", _node.Unmounted);
        Assert.Contains(_node.Api.Patches, p => p.Contains("\"exitCode\":137", StringComparison.Ordinal)); // the end was told before the pod went
        await _node.UntilAsync(() => _node.Pods.All.Count == 0);
        Assert.False(Directory.Exists(Path.Combine(_node.Facts.PodLogsRoot, "default_a_uid-a")));
    }

    [Fact]
    public async Task A_shortened_grace_cuts_a_running_goodbye()
    {
        _node.Runtime.StopsOnSignal = _ => false;
        _node.Start();
        _node.Api.Add(One("a"));
        await _node.UntilAsync(() => _node.Api.Get("a")!.Status.Phase == "Running");
        _node.Api.Delete("a", grace: 300);
        await _node.UntilAsync(() => Calls.Contains("StopContainer web#0 300s"));

        _node.Api.Delete("a", grace: 5);

        await _node.UntilAsync(() => Calls.Contains("StopContainer web#0 5s"));
        await _node.UntilAsync(() => _node.Api.Get("a") is null, Second);
        Assert.Single(_node.Events.All, e => e.Contains("Killing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_new_process_takes_running_containers_over_untouched()
    {
        _node.Start();
        _node.Api.Add(One("a", Named("web") with { ReadinessProbe = ProbeEvery(10), StartupProbe = ProbeEvery(10) }));
        await _node.UntilAsync(() => _node.Api.Get("a")!.Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" }), Second);
        await _node.StopAsync();
        var (before, patches) = (Calls.Count(c => !c.StartsWith("ExecSync", StringComparison.Ordinal)), _node.Api.Patches.Count);

        _node.Start();
        await _node.UntilAsync(() => _node.Pods.Find("default", "a") is { } pod && _node.Pods.ContainerId(pod, "web", isPrevious: false) is not null);
        for (var i = 0; i < 30; i++)
        {
            _node.Clock.Advance(Second);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.Equal(before, Calls.Count(c => !c.StartsWith("ExecSync", StringComparison.Ordinal)));
        Assert.Equal(patches, _node.Api.Patches.Count); // not even a flicker of readiness
        Assert.Equal(["uid-a", "uid-a"], _node.Ensured); // once a process: its class' share of the CPU is counted anew
    }

    [Fact]
    public async Task A_pod_the_api_does_not_have_is_ended_with_its_own_grace()
    {
        var ct = TestContext.Current.CancellationToken;
        _node.Start();
        _node.Api.Add(One("a").With(s => s with { TerminationGracePeriodSeconds = 7 }));
        await _node.UntilAsync(() => _node.Api.Get("a")!.Status.Phase == "Running");
        await _node.StopAsync();
        _node.Api.Remove("a");
        _node.OnDisk.Add("uid-of-old");

        _node.Start();

        await _node.UntilAsync(() => Calls.Contains("RemoveSandbox a"));
        Assert.Contains("StopContainer web#0 7s", Calls);
        await _node.UntilAsync(() => _node.Unmounted.Contains("uid-of-old") && _node.Unmounted.Contains("uid-a"));
        Assert.Empty(await _node.Runtime.ListContainersAsync(new(), ct));
    }

    [Fact]
    public async Task A_dead_sandbox_is_replaced_and_its_containers_come_back()
    {
        _node.Start();
        _node.Api.Add(One("a"));
        await _node.UntilAsync(() => _node.Api.Get("a")!.Status.Phase == "Running");

        await _node.Runtime.StopSandboxAsync("sandbox-1", TestContext.Current.CancellationToken);

        await _node.UntilAsync(() => _node.Api.Get("a")!.Status is { PodIP: "10.88.0.3", ContainerStatuses: [{ RestartCount: 1, State.Running: not null }] }, Second);
        Assert.Contains("Normal SandboxChanged Pod sandbox changed, it will be killed and re-created.", _node.Events.All);
    }

    [Fact]
    public async Task A_new_image_replaces_only_its_container()
    {
        _node.Start();
        _node.Api.Add(One("a", Named("web"), Named("log")));
        await _node.UntilAsync(() => _node.Api.Get("a")!.Status.Phase == "Running");

        _node.Api.Change("a", p => p.With(s => s with { Containers = [Named("web", "image:2"), Named("log")] }));

        await _node.UntilAsync(() => _node.Api.Get("a")!.Status.ContainerStatuses[0] is { RestartCount: 1, Image: "image:2", State.Running: not null });
        Assert.Contains("Normal Killing Container web definition changed, will be restarted [spec.containers{web}]", _node.Events.All);
        Assert.DoesNotContain(Calls, c => c.StartsWith("StopContainer log", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_container_that_fails_its_liveness_probe_is_restarted()
    {
        var isSick = false;
        _node.Runtime.Exec = (_, _) => new() { ExitCode = isSick ? 1 : 0, Stdout = Google.Protobuf.ByteString.CopyFromUtf8(isSick ? "sick" : "") };
        _node.Start();
        _node.Api.Add(One("a", Named("web") with { LivenessProbe = ProbeEvery(1, failureThreshold: 2) }));
        await _node.UntilAsync(() => _node.Api.Get("a")!.Status.Phase == "Running");

        isSick = true;
        await _node.UntilAsync(() => Calls.Contains("StopContainer web#0 30s"), Second);
        isSick = false;

        await _node.UntilAsync(() => _node.Api.Get("a")!.Status.ContainerStatuses[0] is { RestartCount: 1, State.Running: not null });
        Assert.Contains("Warning Unhealthy Liveness probe failed: sick [spec.containers{web}]", _node.Events.All);
        Assert.Contains("Normal Killing Container web failed liveness probe, will be restarted [spec.containers{web}]", _node.Events.All);
    }

    [Fact]
    public async Task A_pod_that_has_done_its_work_is_taken_down_but_keeps_its_status()
    {
        _node.Runtime.ExitsAtOnce = _ => 0;
        _node.Start();
        _node.Api.Add(One("a").With(s => s with { RestartPolicy = "Never" }));

        await _node.UntilAsync(() => _node.Api.Get("a")!.Status.Phase == "Succeeded" && Calls.Contains("StopSandbox a"));

        var status = _node.Api.Get("a")!.Status;
        Assert.Equal("Completed", status.ContainerStatuses[0].State.Terminated!.Reason);
        Assert.Equal("PodCompleted", status.Conditions.First(c => c.Type == "Ready").Reason);
        Assert.DoesNotContain("RemoveContainer web#0", Calls); // its log can still be read
    }

    [Fact]
    public async Task Missing_volumes_hold_a_pod_back_until_they_are_there()
    {
        _node.MountFails = _ => new("FailedMount", "MountVolume.SetUp failed for volume \"v\" : configmap \"nope\" not found");
        _node.Start();
        _node.Api.Add(One("a"));
        await _node.UntilAsync(() => _node.Events.All.Contains("Warning FailedMount MountVolume.SetUp failed for volume \"v\" : configmap \"nope\" not found"));
        await _node.UntilAsync(() => Waiting("a") == "ContainerCreating");
        Assert.Empty(Calls);

        _node.MountFails = _ => null;
        await _node.UntilAsync(() => _node.Api.Get("a")!.Status.Phase == "Running", Second);
    }

    [Fact]
    public async Task An_image_that_cannot_be_had_is_asked_for_again()
    {
        _node.ImageFails = _ => new("ErrImagePull", "no such image");
        _node.Start();
        _node.Api.Add(One("a"));
        await _node.UntilAsync(() => Waiting("a") == "ErrImagePull");
        Assert.Contains("Warning Failed Error: ErrImagePull [spec.containers{web}]", _node.Events.All);

        _node.ImageFails = _ => null;
        await _node.UntilAsync(() => _node.Api.Get("a")!.Status.Phase == "Running", Second);
        Assert.Single(Calls, c => c.StartsWith("RunSandbox", StringComparison.Ordinal));

        // And then the pod rests.
        var looks = 0;
        _node.MountFails = _ =>
        {
            Interlocked.Increment(ref looks);
            return null;
        };
        for (var i = 0; i < 10; i++)
        {
            _node.Clock.Advance(Second);
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.InRange(looks, 0, 3);
    }

    [Fact]
    public async Task A_pod_past_its_deadline_fails()
    {
        _node.Start();
        _node.Api.Add(One("a").With(s => s with { ActiveDeadlineSeconds = 60 }));
        await _node.UntilAsync(() => _node.Api.Get("a")!.Status.Phase == "Running");

        _node.Clock.Advance(TimeSpan.FromSeconds(61));

        await _node.UntilAsync(() => _node.Api.Get("a")!.Status is { Phase: "Failed", Reason: "DeadlineExceeded" });
        Assert.Equal("Pod was active on the node longer than the specified deadline", _node.Api.Get("a")!.Status.Message);
    }

    [Fact]
    public async Task A_pod_the_node_cannot_take_is_rejected_and_never_started()
    {
        _node.Api.Nodes.Items.Add(new() { Metadata = new() { Name = "node-1" }, Status = new() { Allocatable = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse("1") } } });
        _node.Start();
        var asks = Named("web") with { Resources = new() { Requests = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse("600m") } } };
        _node.Api.Add(One("a", asks));
        await _node.UntilAsync(() => _node.Api.Get("a")!.Status.Phase == "Running");

        _node.Api.Add(One("b", asks));

        await _node.UntilAsync(() => _node.Api.Get("b")!.Status.Phase == "Failed");
        Assert.Equal("OutOfcpu", _node.Api.Get("b")!.Status.Reason);
        Assert.Equal("Pod was rejected: Node didn't have enough resource: cpu, requested: 600, used: 600, capacity: 1000", _node.Api.Get("b")!.Status.Message);
        Assert.DoesNotContain("RunSandbox b", Calls);
    }

    [Fact]
    public async Task A_server_that_is_away_gets_the_newest_status_when_it_is_back()
    {
        _node.Start();
        _node.Api.IsAway = true;
        _node.Api.Add(One("a"));
        await _node.UntilAsync(() => Calls.Contains("StartContainer web#0"));

        _node.Api.IsAway = false;
        await _node.UntilAsync(() => _node.Api.Get("a")!.Status.Phase == "Running", Second);
    }

    [Fact]
    public async Task Deleting_a_pod_ends_its_wait_for_a_start()
    {
        _node.Runtime.FailWhen = call => call == "RunSandbox a" ? new RuntimeException(RuntimeErrorKind.Failed, "no network") : null;
        _node.Start();
        _node.Api.Add(One("a"));
        await _node.UntilAsync(() => _node.Events.All.Contains("Warning FailedCreatePodSandBox Failed to create pod sandbox: rpc error: code = Unknown desc = no network"));

        _node.Api.Delete("a", grace: 30);

        await _node.UntilAsync(() => _node.Api.Get("a") is null);
    }

    private string? Waiting(string pod) => _node.Api.Get(pod)!.Status.ContainerStatuses is [{ State.Waiting: { } waiting }] ? waiting.Reason : null;
}
