namespace KubeSharp.Kubelet.Cri;

internal sealed partial class CriClient
{
    public async Task<ContainerStats?> FindContainerStatsAsync(string containerId, CancellationToken ct) =>
        (await FindAsync(o => _runtime.ContainerStatsAsync(new() { ContainerId = containerId }, o), ct))?.Stats;

    public async Task<IReadOnlyList<ContainerStats>> ListContainerStatsAsync(ContainerStatsFilter filter, CancellationToken ct) =>
        (await CallAsync(o => _runtime.ListContainerStatsAsync(new() { Filter = filter }, o), ct)).Stats;

    public async Task<PodSandboxStats?> FindSandboxStatsAsync(string sandboxId, CancellationToken ct)
    {
        try
        {
            return (await FindAsync(o => _runtime.PodSandboxStatsAsync(new() { PodSandboxId = sandboxId }, o), ct))?.Stats;
        }
        catch (RuntimeException e) when (e.Kind == RuntimeErrorKind.Unimplemented)
        {
            return null;
        }
    }
}
