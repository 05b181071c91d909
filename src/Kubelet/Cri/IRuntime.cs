namespace KubeSharp.Kubelet.Cri;

/// <summary>Pods' sandboxes and containers, as a container runtime keeps them.</summary>
/// <remarks>
/// <para>Guarantees: thread-safe; every call ends, because every call has a deadline. Stop and Remove may be repeated and say
/// nothing about what is already stopped or gone. Lists and statuses are snapshots and may be stale when they arrive.</para>
/// <para>Errors: <see cref="RuntimeException"/> with its <see cref="RuntimeException.Kind"/>; nothing else but cancellation.</para>
/// </remarks>
internal interface IRuntime
{
    Task<VersionResponse> VersionAsync(CancellationToken ct);

    /// <summary>The conditions <c>RuntimeReady</c> and <c>NetworkReady</c>, and the runtime's features.</summary>
    Task<StatusResponse> StatusAsync(CancellationToken ct);

    /// <summary>Creates and starts a sandbox: its network is up when this returns.</summary>
    /// <param name="runtimeHandler">The RuntimeClass' handler; empty for the default.</param>
    /// <returns>The sandbox' id.</returns>
    Task<string> RunSandboxAsync(PodSandboxConfig config, string runtimeHandler, CancellationToken ct);

    /// <summary>Kills what still runs in the sandbox and takes its network down.</summary>
    Task StopSandboxAsync(string sandboxId, CancellationToken ct);

    /// <summary>Removes the sandbox and the containers in it, running or not.</summary>
    Task RemoveSandboxAsync(string sandboxId, CancellationToken ct);

    /// <returns><see langword="null"/> if there is no such sandbox.</returns>
    Task<PodSandboxStatus?> FindSandboxAsync(string sandboxId, CancellationToken ct);

    Task<IReadOnlyList<PodSandbox>> ListSandboxesAsync(PodSandboxFilter filter, CancellationToken ct);

    /// <param name="sandboxConfig">What <see cref="RunSandboxAsync"/> was given for this sandbox.</param>
    /// <returns>The container's id.</returns>
    Task<string> CreateContainerAsync(string sandboxId, ContainerConfig config, PodSandboxConfig sandboxConfig, CancellationToken ct);

    Task StartContainerAsync(string containerId, CancellationToken ct);

    /// <summary>Sends the stop signal, waits for <paramref name="grace"/>, kills. Returns when the container has ended.</summary>
    Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken ct);

    Task RemoveContainerAsync(string containerId, CancellationToken ct);

    /// <returns><see langword="null"/> if there is no such container.</returns>
    Task<ContainerStatus?> FindContainerAsync(string containerId, CancellationToken ct);

    Task<IReadOnlyList<Container>> ListContainersAsync(ContainerFilter filter, CancellationToken ct);

    Task UpdateContainerResourcesAsync(string containerId, LinuxContainerResources resources, CancellationToken ct);

    /// <summary>Makes the runtime open its log path anew, after the file there was renamed away.</summary>
    Task ReopenContainerLogAsync(string containerId, CancellationToken ct);
}
