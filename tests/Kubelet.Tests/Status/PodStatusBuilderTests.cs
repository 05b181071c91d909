using System.Text.Json.Nodes;
using KubeSharp.Kubelet.Pods;
using KubeSharp.Kubelet.Probes;
using KubeSharp.Kubelet.Statuses;
using KubeSharp.Kubelet.Tests.Fakes;
using KubeSharp.Machinery;
using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Kubelet.Tests.Status;

public sealed class PodStatusBuilderTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = Start.AddMinutes(5);

    [Fact]
    public void A_condition_keeps_the_time_of_its_last_change()
    {
        var first = Build(PodsOf.One("p"), Empty, Start);
        var second = Build(PodsOf.One("p"), Running, Later, first);

        Assert.Equal(Start, second.Conditions.First(c => c.Type == "PodScheduled").LastTransitionTime);
        Assert.Equal(Later, second.Conditions.First(c => c.Type == "Ready").LastTransitionTime);
        Assert.Equal(Start, second.StartTime);
        Assert.Equal((1, 1), (second.ObservedGeneration, second.Conditions[0].ObservedGeneration));
    }

    [Fact]
    public void Readiness_waits_for_gates_that_others_open()
    {
        var pod = PodsOf.One("p").With(s => s with { ReadinessGates = [new() { ConditionType = "example.com/ok" }] });

        var closed = Build(pod, Running, Start);
        Assert.Equal("corresponding condition of pod readiness gate \"example.com/ok\" does not exist.", ReadyOf(closed).Message);
        Assert.Equal("ReadinessGatesNotReady", ReadyOf(closed).Reason);

        var opened = closed with { Conditions = [.. closed.Conditions, new() { Type = "example.com/ok", Status = "True" }] };
        var ready = Build(pod, Running, Later, opened);
        Assert.Equal("True", ReadyOf(ready).Status);
        Assert.Contains(ready.Conditions, c => c.Type == "example.com/ok");
    }

    [InlineData(null, null, false, false)]
    [InlineData(false, null, false, false)]
    [InlineData(true, null, true, false)]
    [InlineData(true, false, true, false)]
    [InlineData(true, true, true, true)]
    [Theory]
    public void A_container_is_started_and_ready_when_its_probes_say_so(bool? startup, bool? readiness, bool isStarted, bool isReady)
    {
        var web = PodsOf.Named("web") with { StartupProbe = PodsOf.ProbeEvery(1), ReadinessProbe = PodsOf.ProbeEvery(1) };
        var status = Build(PodsOf.One("p", web), Running, Start, verdict: (_, kind) => kind == ProbeKind.Startup ? startup : readiness);

        Assert.Equal((isStarted, isReady), (status.ContainerStatuses[0].Started, status.ContainerStatuses[0].Ready));
        Assert.Equal(isReady ? "" : "containers with unready status: [web]", ReadyOf(status).Message);
    }

    [Fact]
    public void A_container_that_vanished_while_the_pod_lives_is_told_as_lost()
    {
        var before = Build(PodsOf.One("p"), Running, Start);
        var after = Build(PodsOf.One("p"), Empty, Later, before);

        var web = after.ContainerStatuses[0];
        Assert.Equal("ContainerStatusUnknown", web.LastState.Terminated!.Reason);
        Assert.Equal(137, web.LastState.Terminated.ExitCode);
        Assert.Equal(1, web.RestartCount);
    }

    [Fact]
    public void An_ended_pod_stays_as_it_was_when_its_containers_are_cleaned_up()
    {
        var never = PodsOf.One("p").With(s => s with { RestartPolicy = "Never" });
        var done = Build(never, new([], [Life("web", InstanceState.Exited)]), Start);
        Assert.Equal("Succeeded", done.Phase);

        Assert.Same(done, Build(never, Empty, Later, done));
    }

    [Fact]
    public void An_eviction_fails_the_pod_with_the_nodes_reason()
    {
        var status = PodStatusBuilder.Build(Input(PodsOf.One("p"), new([], [Life("web", InstanceState.Exited)]), Start, null) with
        {
            Failure = new("Evicted", "The node was low on resource: memory."),
            IsEnding = true,
        });

        Assert.Equal(("Failed", "Evicted", "The node was low on resource: memory."), (status.Phase, status.Reason, status.Message));
        Assert.Equal("PodFailed", ReadyOf(status).Reason);
    }

    [Fact]
    public void Only_what_changed_is_patched_and_others_conditions_are_left_alone()
    {
        var other = new PodCondition { Type = "example.com/ok", Status = "True" };
        var before = Build(PodsOf.One("p"), Running, Start) with { };
        before = before with { Conditions = [other, .. before.Conditions] };
        Assert.Null(StatusPatch.Of("uid", before, before with { Conditions = [.. before.Conditions.Reverse()] }));

        var after = before with
        {
            PodIPs = [new() { Ip = "10.0.0.9" }],
            Reason = "",
            Conditions = [.. before.Conditions.Select(c => c.Type == "Ready" ? c with { Status = "False" } : c)],
        };
        var patch = System.Text.Encoding.UTF8.GetString(StatusPatch.Of("uid", before with { Reason = "Old" }, after)!);

        Assert.StartsWith("{\"metadata\":{\"uid\":\"uid\"},\"status\":{", patch, StringComparison.Ordinal);
        Assert.Contains("\"podIPs\":[{\"ip\":\"10.0.0.9\"},{\"$patch\":\"replace\"}]", patch, StringComparison.Ordinal);
        Assert.Contains("\"reason\":null", patch, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"Ready\"", patch, StringComparison.Ordinal);
        Assert.DoesNotContain("example.com/ok", patch, StringComparison.Ordinal);
        Assert.DoesNotContain("containerStatuses", patch, StringComparison.Ordinal);
    }

    /// <summary>A merge keeps what the patch does not name: a pod that became ready still told why it was not (upstream's suite, v1.20).</summary>
    [Fact]
    public void A_reason_that_is_gone_is_gone_from_what_the_patch_makes()
    {
        var before = Build(PodsOf.One("p"), Empty, Start);
        Assert.Equal("ContainersNotReady", ReadyOf(before).Reason);
        var after = Build(PodsOf.One("p"), Running, Later, before);

        var patch = JsonNode.Parse(StatusPatch.Of("uid", before, after)!)!["status"]!;
        var merged = StrategicMergePatch.Apply(JsonNode.Parse(Json.Encode(before))!, patch, PodStatus.Schema)!;

        Assert.Equal(after, Json.Decode<PodStatus>(System.Text.Encoding.UTF8.GetBytes(merged.ToJsonString())));
        Assert.Equal(("True", "", ""), (ReadyOf(after).Status, ReadyOf(after).Reason, ReadyOf(after).Message));
    }

    private static PodRuntimeState Empty => PodRuntimeState.Empty;

    private static PodRuntimeState Running =>
        new([new("s", IsReady: true, 0, Start, IsOnHostNetwork: false, ["10.0.0.1"])], [Life("web", InstanceState.Running)]);

    private static ContainerInstance Life(string name, InstanceState state) =>
        new() { Id = $"id-{name}", Name = name, SandboxId = "s", State = state, CreatedAt = Start, StartedAt = Start, FinishedAt = state == InstanceState.Exited ? Start : null };

    private static PodCondition ReadyOf(PodStatus status) => status.Conditions.First(c => c.Type == "Ready");

    private static PodStatus Build(Pod pod, PodRuntimeState state, DateTimeOffset now, PodStatus? before = null, Func<string, ProbeKind, bool?>? verdict = null) =>
        PodStatusBuilder.Build(Input(pod, state, now, before) with { Verdict = verdict ?? ((_, _) => null) });

    private static PodStatusInput Input(Pod pod, PodRuntimeState state, DateTimeOffset now, PodStatus? before) => new()
    {
        Pod = pod,
        Facts = new() { NodeName = "node-1", HostIps = ["192.0.2.1"] },
        Before = before ?? pod.Status,
        State = state,
        Now = now,
    };
}
