namespace KubeSharp.Kubelet.Cri;

/// <summary>What containers and sandboxes use.</summary>
/// <remarks>Errors as in <see cref="IRuntime"/>. Runtimes before containerd 1.7 may leave out network and process counts.</remarks>
internal interface IRuntimeStats
{
    /// <returns><see langword="null"/> if there is no such container.</returns>
    Task<ContainerStats?> FindContainerStatsAsync(string containerId, CancellationToken ct);

    /// <summary>Of running containers only.</summary>
    Task<IReadOnlyList<ContainerStats>> ListContainerStatsAsync(ContainerStatsFilter filter, CancellationToken ct);

    /// <returns><see langword="null"/> if there is no such sandbox, or the runtime does not count by sandbox.</returns>
    Task<PodSandboxStats?> FindSandboxStatsAsync(string sandboxId, CancellationToken ct);
}
