using KubeSharp.Kubelet.Cri;

namespace KubeSharp.Kubelet.Tests.Fakes;

internal sealed partial class FakeRuntime
{
    public Task<string> CreateContainerAsync(
        string sandboxId, ContainerConfig config, PodSandboxConfig sandboxConfig, CancellationToken ct)
    {
        lock (_gate)
        {
            Record_NeedsLock($"CreateContainer {NameOf(config)}");
            if (!Sandbox_NeedsLock(sandboxId).Ready)
                throw new RuntimeException(RuntimeErrorKind.Failed, $"sandbox container \"{sandboxId}\" is not running");

            var path = Path.Combine(sandboxConfig.LogDirectory, config.LogPath);
            var container = new FakeContainer($"container-{++_ids}", _ids, sandboxId, config.Clone(), path, Now);
            _containers.Add(container.Id, container);
            return Task.FromResult(container.Id);
        }
    }

    public Task StartContainerAsync(string containerId, CancellationToken ct)
    {
        lock (_gate)
        {
            var c = Container_NeedsLock(containerId);
            Record_NeedsLock($"StartContainer {NameOf(c.Config)}");
            if (c.State != ContainerState.ContainerCreated)
                throw new RuntimeException(RuntimeErrorKind.Failed, $"container is in {c.State} state");

            c.State = ContainerState.ContainerRunning;
            c.StartedAt = Now;
            if (ExitsAtOnce(c.Config) is { } code)
                End_NeedsLock(c, code, "");
            return Task.CompletedTask;
        }
    }

    public async Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken ct)
    {
        bool obeys;
        lock (_gate)
        {
            if (!_containers.TryGetValue(containerId, out var c))
                return;
            Record_NeedsLock($"StopContainer {NameOf(c.Config)} {grace.TotalSeconds:0}s");
            if (c.State != ContainerState.ContainerRunning)
                return;
            obeys = StopsOnSignal(c.Config);
        }

        if (!obeys)
            await Task.Delay(grace, clock, ct);

        lock (_gate)
        {
            if (_containers.TryGetValue(containerId, out var c))
                End_NeedsLock(c, obeys ? 143 : 137, "Error");
        }
    }

    public Task RemoveContainerAsync(string containerId, CancellationToken ct)
    {
        lock (_gate)
        {
            if (_containers.TryGetValue(containerId, out var c))
            {
                Record_NeedsLock($"RemoveContainer {NameOf(c.Config)}");
                _containers.Remove(containerId);
            }

            return Task.CompletedTask;
        }
    }

    public Task<ContainerStatus?> FindContainerAsync(string containerId, CancellationToken ct)
    {
        lock (_gate)
            return Task.FromResult(_containers.GetValueOrDefault(containerId)?.ToStatus());
    }

    public Task<IReadOnlyList<Container>> ListContainersAsync(ContainerFilter filter, CancellationToken ct)
    {
        lock (_gate)
        {
            Listing_NeedsLock("ListContainers");
            return Task.FromResult<IReadOnlyList<Container>>(
            [
                .. _containers.Values.Select(c => c.ToListItem()).Where(c =>
                    (filter.Id.Length == 0 || filter.Id == c.Id)
                    && (filter.PodSandboxId.Length == 0 || filter.PodSandboxId == c.PodSandboxId)
                    && (filter.State is null || filter.State.State == c.State)
                    && HasLabels(c.Labels, filter.LabelSelector)),
            ]);
        }
    }

    public Task UpdateContainerResourcesAsync(string containerId, LinuxContainerResources resources, CancellationToken ct)
    {
        lock (_gate)
        {
            var c = Container_NeedsLock(containerId);
            Record_NeedsLock($"UpdateContainerResources {NameOf(c.Config)}");
            c.Resources = resources.Clone();
            return Task.CompletedTask;
        }
    }

    public Task ReopenContainerLogAsync(string containerId, CancellationToken ct)
    {
        lock (_gate)
        {
            var c = Container_NeedsLock(containerId);
            Record_NeedsLock($"ReopenContainerLog {NameOf(c.Config)}");
            if (c.State != ContainerState.ContainerRunning)
                throw new RuntimeException(RuntimeErrorKind.Failed, "container is not running");
            if (Directory.Exists(Path.GetDirectoryName(c.LogPath)))
                File.AppendAllText(c.LogPath, "");
            return Task.CompletedTask;
        }
    }

    private static string NameOf(ContainerConfig config) => $"{config.Metadata.Name}#{config.Metadata.Attempt}";
}
