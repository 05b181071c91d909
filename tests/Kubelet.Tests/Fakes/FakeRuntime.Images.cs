using KubeSharp.Kubelet.Cri;

namespace KubeSharp.Kubelet.Tests.Fakes;

internal sealed partial class FakeRuntime : IRuntimeImages, IRuntimeStreams, IRuntimeStats
{
    private readonly Dictionary<string, Image> _images = [];

    /// <summary>What a registry would offer: pulling any other name fails.</summary>
    public HashSet<string> Registry { get; } = [];

    /// <summary>The credentials that pulls came with, in order.</summary>
    public List<AuthConfig?> PulledWith { get; } = [];

    /// <summary>Set to hold pulls back until a test lets them go.</summary>
    public Task PullGate { get; set; } = Task.CompletedTask;

    /// <summary>What <see cref="ExecSyncAsync"/> answers; exec probes and hooks are played with it.</summary>
    public Func<string, IReadOnlyList<string>, ExecSyncResponse> Exec { get; set; } = (_, _) => new();

    public void AddImage(string name, ulong size = 1_000_000)
    {
        lock (_gate)
            _images[name] = new Image { Id = $"sha256:{name}", RepoTags = { name }, Size = size };
    }

    public Task<IReadOnlyList<Image>> ListImagesAsync(CancellationToken ct)
    {
        lock (_gate)
            return Task.FromResult<IReadOnlyList<Image>>([.. _images.Values]);
    }

    public Task<Image?> FindImageAsync(ImageSpec image, CancellationToken ct)
    {
        lock (_gate)
        {
            Listing_NeedsLock($"FindImage {image.Image}");
            return Task.FromResult(_images.Values.FirstOrDefault(i => i.Id == image.Image || i.RepoTags.Contains(image.Image)));
        }
    }

    public async Task<string> PullImageAsync(ImageSpec image, AuthConfig? auth, PodSandboxConfig sandbox, CancellationToken ct)
    {
        lock (_gate)
        {
            PulledWith.Add(auth);
            Record_NeedsLock($"PullImage {image.Image}");
        }

        await PullGate.WaitAsync(ct);
        if (!Registry.Contains(image.Image))
            throw new RuntimeException(RuntimeErrorKind.NotFound, $"failed to resolve reference \"{image.Image}\": not found");
        AddImage(image.Image);
        return $"sha256:{image.Image}";
    }

    public Task RemoveImageAsync(ImageSpec image, CancellationToken ct)
    {
        lock (_gate)
        {
            Record_NeedsLock($"RemoveImage {image.Image}");
            foreach (var gone in _images.Where(i => i.Value.Id == image.Image || i.Key == image.Image).ToList())
                _images.Remove(gone.Key);
            return Task.CompletedTask;
        }
    }

    public Task<ImageFsInfoResponse> ImageFsInfoAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            var used = (ulong)_images.Values.Sum(i => (long)i.Size);
            var usage = new FilesystemUsage { Timestamp = Now, FsId = new() { Mountpoint = "/" }, UsedBytes = new() { Value = used } };
            return Task.FromResult(new ImageFsInfoResponse { ImageFilesystems = { usage } });
        }
    }

    public Task<ExecSyncResponse> ExecSyncAsync(
        string containerId, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken ct)
    {
        lock (_gate)
        {
            var c = Container_NeedsLock(containerId);
            Record_NeedsLock($"ExecSync {NameOf(c.Config)} {string.Join(' ', command)}");
            if (c.State != ContainerState.ContainerRunning)
                throw new RuntimeException(RuntimeErrorKind.Failed, "container is in CONTAINER_EXITED state");
        }

        return Task.FromResult(Exec(containerId, command));
    }

    /// <summary>The fake serves no streams: its addresses tell a test what was asked for.</summary>
    public Task<Uri> ExecAsync(ExecRequest request, CancellationToken ct) => Task.FromResult(new Uri($"http://127.0.0.1:1/exec/{request.ContainerId}"));

    public Task<Uri> AttachAsync(AttachRequest request, CancellationToken ct) => Task.FromResult(new Uri($"http://127.0.0.1:1/attach/{request.ContainerId}"));

    public Task<Uri> PortForwardAsync(PortForwardRequest request, CancellationToken ct) => Task.FromResult(new Uri($"http://127.0.0.1:1/portforward/{request.PodSandboxId}"));

    public async Task<ContainerStats?> FindContainerStatsAsync(string containerId, CancellationToken ct) =>
        await ListContainerStatsAsync(new() { Id = containerId }, ct) is [var only] ? only : null;

    public Task<IReadOnlyList<ContainerStats>> ListContainerStatsAsync(ContainerStatsFilter filter, CancellationToken ct)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<ContainerStats>>(
            [
                .. _containers.Values.Where(c => c.State == ContainerState.ContainerRunning
                        && (filter.Id.Length == 0 || filter.Id == c.Id)
                        && (filter.PodSandboxId.Length == 0 || filter.PodSandboxId == c.SandboxId)
                        && HasLabels(c.Config.Labels, filter.LabelSelector))
                    .Select(c => new ContainerStats
                    {
                        Attributes = new() { Id = c.Id, Metadata = c.Config.Metadata, Labels = { c.Config.Labels } },
                        Cpu = new() { Timestamp = Now, UsageCoreNanoSeconds = new() { Value = (ulong)(Now - c.StartedAt) } },
                        Memory = new() { Timestamp = Now, WorkingSetBytes = new() { Value = 1 << 20 } },
                    }),
            ]);
        }
    }

    public Task<PodSandboxStats?> FindSandboxStatsAsync(string sandboxId, CancellationToken ct) => Task.FromResult<PodSandboxStats?>(null);
}
