using KubeSharp.Kubelet.Cri;
using ContainerState = KubeSharp.Kubelet.Cri.ContainerState;

namespace KubeSharp.Kubelet.Pods;

/// <summary>Reads what the runtime has of a pod.</summary>
internal sealed class RuntimeReader(IRuntime runtime)
{
    /// <param name="known">The reading before: what cannot change any more is taken from there.</param>
    /// <exception cref="RuntimeException">The runtime does not answer.</exception>
    public async Task<PodRuntimeState> ReadAsync(string podUid, PodRuntimeState known, CancellationToken ct)
    {
        var sandboxFilter = new PodSandboxFilter { LabelSelector = { [CriLabels.PodUid] = podUid } };
        var containerFilter = new ContainerFilter { LabelSelector = { [CriLabels.PodUid] = podUid } };
        var sandboxes = new List<SandboxInstance>();
        foreach (var s in await runtime.ListSandboxesAsync(sandboxFilter, ct))
        {
            if (await ReadSandboxAsync(s, known, ct) is { } sandbox)
                sandboxes.Add(sandbox);
        }

        var containers = new List<ContainerInstance>();
        foreach (var c in await runtime.ListContainersAsync(containerFilter, ct))
        {
            if (await ReadContainerAsync(c, known, ct) is { } container)
                containers.Add(container);
        }

        return new(
            [.. sandboxes.OrderByDescending(s => s.CreatedAt).ThenByDescending(s => s.Attempt)],
            [.. containers.OrderByDescending(c => c.CreatedAt).ThenByDescending(c => c.RestartCount)]);
    }

    public async Task<SandboxInstance?> ReadSandboxAsync(string sandboxId, CancellationToken ct) =>
        await runtime.FindSandboxAsync(sandboxId, ct) is { } status ? Instance(status) : null;

    private async Task<SandboxInstance?> ReadSandboxAsync(PodSandbox item, PodRuntimeState known, CancellationToken ct)
    {
        var isReady = item.State == PodSandboxState.SandboxReady;
        var before = known.Sandboxes.FirstOrDefault(s => s.Id == item.Id);
        if (before is not null && before.IsReady == isReady && (!isReady || before.IsOnHostNetwork || before.Ips.Count > 0))
            return before;

        return await ReadSandboxAsync(item.Id, ct);
    }

    private async Task<ContainerInstance?> ReadContainerAsync(Cri.Container item, PodRuntimeState known, CancellationToken ct)
    {
        var before = known.Containers.FirstOrDefault(c => c.Id == item.Id);
        if (before is { State: InstanceState.Exited } || (before is { State: InstanceState.Running } && item.State == ContainerState.ContainerRunning))
            return before;

        return await runtime.FindContainerAsync(item.Id, ct) is { } status ? Instance(status, item) : null;
    }

    private static SandboxInstance Instance(PodSandboxStatus s)
    {
        List<string> ips = [];
        if (s.Network is { Ip.Length: > 0 } network)
            ips = [network.Ip, .. network.AdditionalIps.Select(a => a.Ip)];

        return new(
            s.Id,
            s.State == PodSandboxState.SandboxReady,
            (int)(s.Metadata?.Attempt ?? 0),
            CriTimes.ToTime(s.CreatedAt) ?? DateTimeOffset.UnixEpoch,
            s.Linux?.Namespaces?.Options?.Network == NamespaceMode.Node,
            ips);
    }

    private static ContainerInstance Instance(Cri.ContainerStatus s, Cri.Container item)
    {
        var state = s.State switch
        {
            ContainerState.ContainerCreated => InstanceState.Created,
            ContainerState.ContainerRunning => InstanceState.Running,
            ContainerState.ContainerExited => InstanceState.Exited,
            _ => InstanceState.Unknown,
        };
        var hasEnded = state == InstanceState.Exited;
        return new()
        {
            Id = s.Id,
            Name = item.Labels.TryGetValue(CriLabels.ContainerName, out var name) ? name : s.Metadata?.Name ?? "",
            SandboxId = item.PodSandboxId,
            State = state,
            RestartCount = ContainerAnnotations.RestartCountIn(s.Annotations),
            Hash = s.Annotations.TryGetValue(ContainerAnnotations.Hash, out var hash) ? hash : "",
            CreatedAt = CriTimes.ToTime(s.CreatedAt) ?? DateTimeOffset.UnixEpoch,
            StartedAt = CriTimes.ToTime(s.StartedAt),
            FinishedAt = CriTimes.ToTime(s.FinishedAt),
            ExitCode = hasEnded ? s.ExitCode : 0,
            Reason = !hasEnded || s.Reason.Length > 0 ? s.Reason : s.ExitCode == 0 ? "Completed" : "Error",
            Message = hasEnded ? TerminationMessage.Of(s) : "",
            Image = s.Image?.UserSpecifiedImage is { Length: > 0 } asked ? asked : s.Image?.Image ?? "",
            ImageId = s.ImageRef.Length > 0 ? s.ImageRef : s.ImageId,
            LogPath = s.LogPath,
            User = s.User?.Linux is { } user
                ? new() { Linux = new() { Uid = user.Uid, Gid = user.Gid, SupplementalGroups = [.. user.SupplementalGroups] } }
                : null,
        };
    }
}
