namespace KubeSharp.Kubelet.Cri;

internal sealed partial class CriClient
{
    /// <summary>A sandbox waits for CNI plugins, which may wait for the network: upstream gives it twice the usual time.</summary>
    private static readonly TimeSpan SandboxStart = Usual * 2;

    public Task<VersionResponse> VersionAsync(CancellationToken ct) =>
        CallAsync(o => _runtime.VersionAsync(new() { Version = "v1" }, o), ct);

    public Task<StatusResponse> StatusAsync(CancellationToken ct) => CallAsync(o => _runtime.StatusAsync(new(), o), ct);

    public async Task<string> RunSandboxAsync(PodSandboxConfig config, string runtimeHandler, CancellationToken ct)
    {
        var request = new RunPodSandboxRequest { Config = config, RuntimeHandler = runtimeHandler };
        return (await CallAsync(o => _runtime.RunPodSandboxAsync(request, o), SandboxStart, ct)).PodSandboxId;
    }

    public Task StopSandboxAsync(string sandboxId, CancellationToken ct) =>
        FindAsync(o => _runtime.StopPodSandboxAsync(new() { PodSandboxId = sandboxId }, o), ct);

    public Task RemoveSandboxAsync(string sandboxId, CancellationToken ct) =>
        FindAsync(o => _runtime.RemovePodSandboxAsync(new() { PodSandboxId = sandboxId }, o), ct);

    public async Task<PodSandboxStatus?> FindSandboxAsync(string sandboxId, CancellationToken ct) =>
        (await FindAsync(o => _runtime.PodSandboxStatusAsync(new() { PodSandboxId = sandboxId }, o), ct))?.Status;

    public async Task<IReadOnlyList<PodSandbox>> ListSandboxesAsync(PodSandboxFilter filter, CancellationToken ct) =>
        (await CallAsync(o => _runtime.ListPodSandboxAsync(new() { Filter = filter }, o), ct)).Items;

    public async Task<string> CreateContainerAsync(
        string sandboxId, ContainerConfig config, PodSandboxConfig sandboxConfig, CancellationToken ct)
    {
        var request = new CreateContainerRequest { PodSandboxId = sandboxId, Config = config, SandboxConfig = sandboxConfig };
        return (await CallAsync(o => _runtime.CreateContainerAsync(request, o), ct)).ContainerId;
    }

    public Task StartContainerAsync(string containerId, CancellationToken ct) =>
        CallAsync(o => _runtime.StartContainerAsync(new() { ContainerId = containerId }, o), ct);

    public Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken ct)
    {
        var request = new StopContainerRequest { ContainerId = containerId, Timeout = (long)Math.Ceiling(grace.TotalSeconds) };
        return FindAsync(o => _runtime.StopContainerAsync(request, o), grace + Usual, ct);
    }

    public Task RemoveContainerAsync(string containerId, CancellationToken ct) =>
        FindAsync(o => _runtime.RemoveContainerAsync(new() { ContainerId = containerId }, o), ct);

    public async Task<ContainerStatus?> FindContainerAsync(string containerId, CancellationToken ct) =>
        (await FindAsync(o => _runtime.ContainerStatusAsync(new() { ContainerId = containerId }, o), ct))?.Status;

    public async Task<IReadOnlyList<Container>> ListContainersAsync(ContainerFilter filter, CancellationToken ct) =>
        (await CallAsync(o => _runtime.ListContainersAsync(new() { Filter = filter }, o), ct)).Containers;

    public Task UpdateContainerResourcesAsync(string containerId, LinuxContainerResources resources, CancellationToken ct)
    {
        var request = new UpdateContainerResourcesRequest { ContainerId = containerId, Linux = resources };
        return CallAsync(o => _runtime.UpdateContainerResourcesAsync(request, o), ct);
    }

    public Task ReopenContainerLogAsync(string containerId, CancellationToken ct) =>
        CallAsync(o => _runtime.ReopenContainerLogAsync(new() { ContainerId = containerId }, o), ct);
}
