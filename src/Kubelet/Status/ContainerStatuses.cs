using KubeSharp.Kubelet.Lifecycle;
using KubeSharp.Kubelet.Pods;
using KubeSharp.Kubelet.Probes;

namespace KubeSharp.Kubelet.Statuses;

/// <summary>The statuses of a pod's containers, in the order of the spec.</summary>
internal static class ContainerStatuses
{
    private const string Lost = "ContainerStatusUnknown";

    public static IReadOnlyList<ContainerStatus> OfInit(PodStatusInput input) =>
        [.. input.Pod.Spec.InitContainers.Select(c => Of(input, c, PodContainers.KindOfInit(c), input.Before.InitContainerStatuses))];

    public static IReadOnlyList<ContainerStatus> OfRegular(PodStatusInput input) =>
        [.. input.Pod.Spec.Containers.Select(c => Of(input, c, ContainerKind.Regular, input.Before.ContainerStatuses))];

    public static IReadOnlyList<ContainerStatus> OfEphemeral(PodStatusInput input) =>
        [.. input.Pod.Spec.EphemeralContainers.Select(c => Of(input, c.AsContainer(), ContainerKind.Ephemeral, input.Before.EphemeralContainerStatuses))];

    private static ContainerStatus Of(PodStatusInput input, Container spec, ContainerKind kind, IReadOnlyList<ContainerStatus> before)
    {
        var old = before.FirstOrDefault(s => s.Name == spec.Name);
        var status = input.State.Newest(spec.Name) is { } instance
            ? OfInstance(input, spec, instance, old)
            : OfNothing(input, spec, old);
        status = WithWaiting(input, spec, kind, status);

        var isStarted = status.State.Running is not null
            && (spec.StartupProbe is null || input.Verdict(IdOf(status), ProbeKind.Startup) == true);
        var isReady = kind == ContainerKind.Init
            ? status.State.Terminated is { ExitCode: 0 }
            : isStarted && (spec.ReadinessProbe is null || input.Verdict(IdOf(status), ProbeKind.Readiness) == true);
        return status with { Ready = isReady && kind != ContainerKind.Ephemeral, Started = kind == ContainerKind.Ephemeral ? null : isStarted };
    }

    private static ContainerStatus OfInstance(PodStatusInput input, Container spec, ContainerInstance c, ContainerStatus? old)
    {
        var previous = input.State.Previous(spec.Name);
        var status = new ContainerStatus
        {
            Name = spec.Name,
            RestartCount = c.RestartCount,
            Image = c.Image.Length > 0 ? c.Image : spec.Image,
            ImageID = c.ImageId,
            ContainerID = Uri(input, c.Id),
            LastState = previous is not null && previous.State == InstanceState.Exited ? Terminated(input, previous) : old?.LastState ?? ContainerState.Empty,
            User = c.User,
            Resources = spec.Resources.Limits.Count + spec.Resources.Requests.Count > 0 ? spec.Resources with { Claims = Nil.List<ResourceClaim>() } : null,
            AllocatedResources = spec.Resources.Requests,
            VolumeMounts = [.. spec.VolumeMounts.Select(m => new VolumeMountStatus
            {
                Name = m.Name,
                MountPath = m.MountPath,
                ReadOnly = m.ReadOnly,
                RecursiveReadOnly = m.ReadOnly ? m.RecursiveReadOnly ?? "Disabled" : null,
            })],
        };
        return c.State switch
        {
            InstanceState.Running => status with { State = new() { Running = new() { StartedAt = c.StartedAt } } },
            InstanceState.Exited => status with { State = Terminated(input, c) },
            InstanceState.Created => status with { State = Default(input) },
            _ => status with { State = new() { Terminated = Vanished("The container could not be located when the pod was terminated") with { ContainerID = status.ContainerID } } },
        };
    }

    /// <summary>The runtime has no such container: it never was, or it is gone.</summary>
    private static ContainerStatus OfNothing(PodStatusInput input, Container spec, ContainerStatus? old)
    {
        var fresh = new ContainerStatus { Name = spec.Name, Image = spec.Image, State = Default(input) };
        if (old is null)
            return fresh;

        // Cleaned up after it had ended: what is on record is still true.
        if (old.State.Terminated is not null)
            return old;

        if (old.State.Running is not null)
        {
            var lost = new ContainerState
            {
                Terminated = Vanished("The container could not be located when the pod was deleted.  The container used to be Running") with
                {
                    StartedAt = old.State.Running.StartedAt,
                    ContainerID = old.ContainerID,
                },
            };
            return input.IsEnding
                ? old with { State = lost }
                : fresh with { LastState = lost, RestartCount = old.RestartCount + 1, ImageID = old.ImageID };
        }

        return fresh with { LastState = old.LastState, RestartCount = old.RestartCount, ImageID = old.ImageID, ContainerID = old.ContainerID };
    }

    /// <summary>A container that will start, but not now, says why it waits; its end moves to the last state.</summary>
    private static ContainerStatus WithWaiting(PodStatusInput input, Container spec, ContainerKind kind, ContainerStatus status)
    {
        if (input.IsEnding || status.State.Running is not null || !input.Waiting.TryGetValue(spec.Name, out var waiting))
            return status;
        if (status.State.Terminated is { } ended)
        {
            if (!RestartRules.Restarts(input.Pod, spec, kind, ended.ExitCode))
                return status;
            status = status with { LastState = status.State };
        }

        return status with { State = new() { Waiting = waiting } };
    }

    private static ContainerState Terminated(PodStatusInput input, ContainerInstance c)
    {
        // CRI gives 128 + signal where a signal ended the process; upstream leaves "signal" alone, and so do we.
        var end = new ContainerStateTerminated
        {
            ExitCode = c.ExitCode,
            Reason = c.Reason,
            Message = c.Message,
            StartedAt = c.StartedAt ?? DateTimeOffset.UnixEpoch,
            FinishedAt = c.FinishedAt ?? DateTimeOffset.UnixEpoch,
            ContainerID = Uri(input, c.Id),
        };
        return new() { Terminated = end };
    }

    private static ContainerStateTerminated Vanished(string message) => new() { ExitCode = 137, Reason = Lost, Message = message };

    private static ContainerState Default(PodStatusInput input) =>
        new() { Waiting = new() { Reason = input.Pod.Spec.InitContainers.Count > 0 ? "PodInitializing" : "ContainerCreating" } };

    private static string Uri(PodStatusInput input, string id) => $"{input.Facts.RuntimeName}://{id}";

    private static string IdOf(ContainerStatus status)
    {
        var at = status.ContainerID.IndexOf("://", StringComparison.Ordinal);
        return at < 0 ? status.ContainerID : status.ContainerID[(at + 3)..];
    }
}
