using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Environment;
using KubeSharp.Kubelet.Images;
using KubeSharp.Kubelet.Pods;
using KubeSharp.Kubelet.Resources;
using KubeSharp.Kubelet.Volumes;
using KubeSharp.Objects.CoreV1;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Container = KubeSharp.Objects.CoreV1.Container;

namespace KubeSharp.Kubelet.Tests.Fakes;

/// <summary>A node whose pods run in a <see cref="FakeRuntime"/>; what is not the pods' business is as simple as can be.</summary>
internal sealed class FakeNode : IImages, IPodVolumes, IContainerEnvironment, IPodCgroups, IAsyncDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("kubelet-");
    private readonly Lock _gate = new();
    private CancellationTokenSource? _stop;
    private KubeletPods? _pods;
    private Task? _run;

    public FakeNode()
    {
        Runtime = new(Clock);
        Api = new(Clock);
        Facts = new()
        {
            NodeName = "node-1",
            HostIps = ["192.0.2.1"],
            ClusterDns = ["10.96.0.10"],
            PodLogsRoot = Path.Combine(_root.FullName, "logs"),
            DataDir = _root.FullName,
            ResolvConf = "/nonexistent",
        };
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public FakeRuntime Runtime { get; }

    public FakeApi Api { get; }

    public FakeEvents Events { get; } = new();

    public NodeFacts Facts { get; }

    public KubeletPods Pods => _pods!;

    /// <summary>Pods whose volumes were taken off the node.</summary>
    public List<string> Unmounted { get; } = [];

    /// <summary>Set to make mounting fail.</summary>
    public Func<Pod, VolumeException?> MountFails { get; set; } = _ => null;

    /// <summary>Set to make images fail.</summary>
    public Func<Container, ImageException?> ImageFails { get; set; } = _ => null;

    public HashSet<string> OnDisk { get; } = [];

    /// <summary>Starts a kubelet, as the start of the process does.</summary>
    public void Start()
    {
        _stop = new();
        var supplies = new PodSupplies(this, this, this, this, static (_, _) => new LinuxContainerResources());
        _pods = new(Facts, RuntimeServices.Of(Runtime), supplies, Api, Api, Events, Clock, new Random(1), NullLoggerFactory.Instance);
        _run = _pods.RunAsync(_stop.Token);
    }

    /// <summary>Ends it, as the death of the process does.</summary>
    public async Task StopAsync()
    {
        await _stop!.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _run!);
        _pods!.Dispose();
        _stop.Dispose();
        _stop = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop is not null)
            await StopAsync();
        _root.Delete(recursive: true);
    }

    /// <summary>Waits until something is so, moving the clock on meanwhile.</summary>
    /// <param name="tick">How much of the node's time passes between two looks; zero: none.</param>
    public async Task UntilAsync(Func<bool> isSo, TimeSpan tick = default, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(isSo))] string what = "")
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            if (TimeProvider.System.GetElapsedTime(since) > TimeSpan.FromSeconds(15))
                Assert.Fail($"never so: {what}\ncalls: {string.Join("\n  ", Runtime.Calls)}\nevents: {string.Join("\n  ", Events.All)}\npods: {string.Join("\n  ", Api.List())}");
            if (tick > TimeSpan.Zero)
                Clock.Advance(tick);
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public Task<PresentImage> EnsureAsync(Pod pod, Container container, PodSandboxConfig sandbox, CancellationToken ct) =>
        ImageFails(container) is { } error ? throw error : Task.FromResult(new PresentImage(container.Image, $"sha256:{container.Image}"));

    public Task<IReadOnlyDictionary<string, string>> MountAsync(Pod pod, CancellationToken ct)
    {
        if (MountFails(pod) is { } error)
            throw error;

        lock (_gate)
            OnDisk.Add(pod.Metadata.Uid);
        return Task.FromResult<IReadOnlyDictionary<string, string>>(pod.Spec.Volumes.ToDictionary(v => v.Name, v => Path.Combine(DirectoryOf(pod.Metadata.Uid), v.Name)));
    }

    public Task UnmountAsync(string podUid, CancellationToken ct)
    {
        lock (_gate)
        {
            OnDisk.Remove(podUid);
            Unmounted.Add(podUid);
        }

        return Task.CompletedTask;
    }

    public IReadOnlyCollection<string> PodsOnDisk()
    {
        lock (_gate)
            return [.. OnDisk];
    }

    public string DirectoryOf(string podUid) => Path.Combine(_root.FullName, "pods", podUid);

    public ValueTask<ContainerEnvironment> ResolveAsync(Pod pod, Container container, IReadOnlyList<string> podIps, CancellationToken ct) =>
        ValueTask.FromResult(new ContainerEnvironment([], container.Command, container.Args));

    public string Ensure(Pod pod) => $"/kubepods/pod{pod.Metadata.Uid}";

    public Task RemoveAsync(string podUid, CancellationToken ct) => Task.CompletedTask;

    public IReadOnlyCollection<string> PodsWithCgroup() => [];
}
