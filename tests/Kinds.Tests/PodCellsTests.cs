using System.Globalization;

namespace KubeSharp.Kinds.Tests;

/// <summary>The columns Ready, Status and Restarts of pods in all their states.</summary>
public sealed class PodCellsTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2026-01-02T03:04:05Z", CultureInfo.InvariantCulture);
    private static readonly ContainerState Running = new() { Running = new() { StartedAt = Now } };

    public static TheoryData<string, Pod, string, string> Pods => new()
    {
        { "waits for a node", Pod(new() { Phase = "Pending" }), "0/1", "Pending" },
        { "waits at its gates", Pod(new() { Phase = "Pending", Conditions = [new() { Type = "PodScheduled", Status = "False", Reason = "SchedulingGated" }] }), "0/1", "SchedulingGated" },
        { "starts", Pod(new() { Phase = "Pending", ContainerStatuses = [Waiting("ContainerCreating")] }), "0/1", "ContainerCreating" },
        { "runs", Pod(new() { Phase = "Running", ContainerStatuses = [Ready("c")] }), "1/1", "Running" },
        { "crashes", Pod(new() { Phase = "Running", ContainerStatuses = [Waiting("CrashLoopBackOff")] }), "0/1", "CrashLoopBackOff" },
        { "has completed", Pod(new() { Phase = "Succeeded", ContainerStatuses = [Ended(0, "Completed")] }), "0/1", "Completed" },
        { "has failed", Pod(new() { Phase = "Failed", ContainerStatuses = [Ended(1, "Error")] }), "0/1", "Error" },
        { "ended without a word", Pod(new() { Phase = "Failed", ContainerStatuses = [Ended(3, "")] }), "0/1", "ExitCode:3" },
        { "was killed without a word", Pod(new() { Phase = "Failed", ContainerStatuses = [Signalled(9)] }), "0/1", "Signal:9" },
        { "was evicted", Pod(new() { Phase = "Failed", Reason = "Evicted" }), "0/1", "Evicted" },
        { "initializes", Pod(new() { Phase = "Pending", InitContainerStatuses = [Named("i", Running)] }, "i"), "0/1", "Init:0/1" },
        { "fails to initialize", Pod(new() { Phase = "Pending", InitContainerStatuses = [Named("i", new() { Waiting = new() { Reason = "CrashLoopBackOff" } })] }, "i"), "0/1", "Init:CrashLoopBackOff" },
        { "is being deleted", Deleted(Pod(new() { Phase = "Running", ContainerStatuses = [Ready("c")] })), "1/1", "Terminating" },
        { "is lost with its node", Deleted(Pod(new() { Phase = "Running", Reason = "NodeLost" })), "0/1", "Unknown" },
        { "has completed and is being deleted", Deleted(Pod(new() { Phase = "Succeeded", ContainerStatuses = [Ended(0, "Completed")] })), "0/1", "Completed" },
    };

    [Theory]
    [MemberData(nameof(Pods))]
    public void A_pod_says_in_a_word_what_it_does(string it, Pod pod, string ready, string status)
    {
        var cells = Cells(pod);

        Assert.Equal((it, ready, status), (it, cells[1], cells[2]));
    }

    [Fact]
    public void A_sidecar_counts_among_the_containers()
    {
        var pod = Pod(new() { Phase = "Running", InitContainerStatuses = [Ready("i") with { Started = true }], ContainerStatuses = [Ready("c")] }, "i");
        pod = pod with { Spec = pod.Spec with { InitContainers = [new() { Name = "i", RestartPolicy = "Always" }] } };

        Assert.Equal("2/2", Cells(pod)[1]);
    }

    [Fact]
    public void Restarts_tell_when_the_last_one_was()
    {
        var status = Ready("c") with { RestartCount = 3, LastState = new() { Terminated = new() { FinishedAt = Now.AddMinutes(-2) } } };

        Assert.Equal("3 (2m ago)", Cells(Pod(new() { Phase = "Running", ContainerStatuses = [status] }))[3]);
        Assert.Equal("0", Cells(Pod(new() { Phase = "Running", ContainerStatuses = [Ready("c")] }))[3]);
    }

    [Fact]
    public void Every_kind_with_rules_fills_all_its_columns()
    {
        foreach (var name in Goldens.Names("defaults"))
        {
            var (kind, stored) = Goldens.Decode(Goldens.Read("defaults", name)["stored"]!);
            Assert.True(kind.Columns.Count == kind.Cells(stored, Now).Count, name);
        }
    }

    private static IReadOnlyList<object?> Cells(Pod pod) => new BuiltIn(TimeProvider.System).Find("", "v1", "Pod")!.Cells(pod, Now);

    private static Pod Pod(PodStatus status, string? initContainer = null) => new()
    {
        Metadata = new() { Name = "p", CreationTimestamp = Now },
        Spec = new() { Containers = [new() { Name = "c" }], InitContainers = initContainer is null ? [] : [new() { Name = initContainer }] },
        Status = status,
    };

    private static Pod Deleted(Pod pod) => pod with { Metadata = pod.Metadata with { DeletionTimestamp = Now } };

    private static ContainerStatus Named(string name, ContainerState state) => new() { Name = name, State = state };

    private static ContainerStatus Ready(string name) => Named(name, Running) with { Ready = true };

    private static ContainerStatus Waiting(string reason) => Named("c", new() { Waiting = new() { Reason = reason } });

    private static ContainerStatus Ended(int exitCode, string reason) => Named("c", new() { Terminated = new() { ExitCode = exitCode, Reason = reason } });

    private static ContainerStatus Signalled(int signal) => Named("c", new() { Terminated = new() { ExitCode = 137, Signal = signal } });
}
