using System.Text.Json.Nodes;
using KubeSharp.Kubelet.Pods;
using KubeSharp.Kubelet.Probes;
using KubeSharp.Kubelet.Statuses;
using KubeSharp.Machinery;
using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Kubelet.Tests.Status;

/// <summary>
/// Pods of a real node (v1.20): from their spec and what the runtime must have had, the status is computed again and compared.
/// Left out is what v1.36 says differently: the reasons of an ended pod's readiness, and fields that came later.
/// </summary>
public sealed class RecordedPodTests
{
    private static readonly string[] Compared = ["name", "state", "lastState", "ready", "restartCount", "image", "imageID", "containerID", "started"];

    public static TheoryData<string> Recordings => new(Directory.GetFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order());

    private static string Folder
    {
        get
        {
            var at = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(at!.FullName, "KubeSharp.slnx")))
                at = at.Parent;
            return Path.Combine(at.FullName, "tests", "Golden", "node");
        }
    }

    [MemberData(nameof(Recordings))]
    [Theory]
    public void A_status_is_what_a_real_kubelet_wrote(string recording)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Folder, recording + ".json"));
        var pod = Json.Decode<Pod>(System.Text.Encoding.UTF8.GetBytes(JsonNode.Parse(bytes)!["pod"]!.ToJsonString()));
        var recorded = pod.Status;
        var all = recorded.InitContainerStatuses.Concat(recorded.ContainerStatuses).ToList();

        var actual = PodStatusBuilder.Build(new()
        {
            Pod = pod with { Status = new() { Phase = "Pending" } },
            Before = new() { StartTime = recorded.StartTime, Phase = "Pending" },
            Facts = new() { NodeName = "ref-1", HostIps = [recorded.HostIP] },
            State = new(
                recorded.PodIP.Length > 0 ? [new("s", IsReady: true, 0, DateTimeOffset.UnixEpoch, pod.Spec.HostNetwork, [recorded.PodIP])] : [],
                [.. all.SelectMany(LivesOf).OrderByDescending(c => c.CreatedAt)]),
            Waiting = all.Where(s => s.State.Waiting is { Reason: not ("ContainerCreating" or "PodInitializing") }).ToDictionary(s => s.Name, s => s.State.Waiting!),
            Verdict = (id, kind) => all.First(s => s.ContainerID.EndsWith(id, StringComparison.Ordinal)) is var s && kind == ProbeKind.Startup ? s.Started : s.Ready,
            Now = recorded.StartTime!.Value,
        });

        Assert.Equal(recorded.Phase, actual.Phase);
        Assert.Equal((recorded.PodIP, recorded.HostIP, recorded.QosClass), (actual.PodIP, actual.HostIP, actual.QosClass));
        Assert.Equal(TextOf(recorded.InitContainerStatuses, "started"), TextOf(actual.InitContainerStatuses, "started"));
        Assert.Equal(TextOf(recorded.ContainerStatuses), TextOf(actual.ContainerStatuses));
        Assert.Equal(TextOf(recorded.Conditions, recorded.Phase), TextOf(actual.Conditions, recorded.Phase));
    }

    private static IEnumerable<ContainerInstance> LivesOf(ContainerStatus status)
    {
        if (status.State.Running is { } running)
            yield return Life(status, status.ContainerID, InstanceState.Running, status.RestartCount, running.StartedAt!.Value, null);
        if (status.State.Terminated is { } ended)
            yield return Life(status, ended.ContainerID, InstanceState.Exited, status.RestartCount, ended.FinishedAt!.Value, ended);
        if (status.LastState.Terminated is { } last)
            yield return Life(status, last.ContainerID, InstanceState.Exited, status.State.Waiting is null ? status.RestartCount - 1 : status.RestartCount, last.FinishedAt!.Value.AddTicks(-1), last);
    }

    private static ContainerInstance Life(ContainerStatus s, string uri, InstanceState state, int restarts, DateTimeOffset at, ContainerStateTerminated? end) => new()
    {
        Id = uri["containerd://".Length..],
        Name = s.Name,
        SandboxId = "s",
        State = state,
        RestartCount = restarts,
        CreatedAt = at,
        StartedAt = end is null ? at : end.StartedAt == DateTimeOffset.UnixEpoch ? null : end.StartedAt,
        FinishedAt = end?.FinishedAt,
        ExitCode = end?.ExitCode ?? 0,
        Reason = end?.Reason ?? "",
        Message = end?.Message ?? "",
        Image = s.Image,
        ImageId = s.ImageID,
    };

    private static string TextOf(IReadOnlyList<ContainerStatus> statuses, string leftOut = "") => string.Join('\n', statuses.Select(s =>
    {
        var node = JsonNode.Parse(Json.TextOf(s))!.AsObject();
        return string.Join(", ", Compared.Where(f => f != leftOut && node.ContainsKey(f)).Select(f => $"{f}: {node[f]!.ToJsonString()}"));
    }));

    private static string TextOf(IEnumerable<PodCondition> conditions, string phase) => string.Join('\n', conditions
        .Where(c => c.Type is "Initialized" or "Ready" or "ContainersReady" or "PodScheduled")
        .OrderBy(c => c.Type)
        .Select(c => phase is "Failed" && c.Type != "Initialized" ? $"{c.Type} {c.Status}" : $"{c.Type} {c.Status} {c.Reason} {c.Message}"));
}
