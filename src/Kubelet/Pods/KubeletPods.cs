using KubeSharp.Client;
using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Lifecycle;
using KubeSharp.Kubelet.Probes;
using KubeSharp.Kubelet.Volumes;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Kubelet.Pods;

/// <summary>Runs the pods that are bound to this node.</summary>
internal sealed partial class KubeletPods : IPods, IDisposable
{
    private static readonly TimeSpan CleanUpPeriod = TimeSpan.FromMinutes(2);

    private readonly TimeProvider _clock;
    private readonly IInformer<Pod> _pods;
    private readonly Prober _prober;
    private readonly Hooks _hooks;
    private readonly PodWorkers _workers;
    private readonly OrphanCleanUp _cleanUp;
    private readonly ContainerEvents _events;
    private readonly ILogger<KubeletPods> _log;

    public KubeletPods(
        NodeFacts facts, RuntimeServices runtimes, PodSupplies supplies, IClient client, IInformers informers, IEventRecorder recorder, TimeProvider clock, Random random, ILoggerFactory logs)
    {
        var runtime = runtimes.Containers;
        _clock = clock;
        _log = logs.CreateLogger<KubeletPods>();
        _prober = new(runtimes.Streams, clock);
        _hooks = new(runtimes.Streams, clock);
        _pods = informers.For<Pod>(new ListQuery(FieldSelector: $"spec.nodeName={facts.NodeName}"));
        var nodes = informers.For<Node>(new ListQuery(FieldSelector: $"metadata.name={facts.NodeName}"));
        var verdicts = new ProbeResults();
        var reader = new RuntimeReader(runtime);
        var killer = new ContainerKiller(runtime, _hooks, recorder, clock, logs.CreateLogger<ContainerKiller>());
        var configurer = new ContainerConfigurer(supplies, runtimes.Images, new(supplies.Volumes, logs.CreateLogger<SubPaths>()), facts, clock, random);
        var services = new PodServices
        {
            Facts = facts,
            Runtime = runtime,
            Reader = reader,
            Sandboxes = new(runtime, reader, client, recorder, facts),
            Starter = new(runtime, supplies.Images, configurer, _hooks, killer, recorder, facts, logs.CreateLogger<ContainerStarter>()),
            Killer = killer,
            Probes = new(_prober, verdicts, Wake, recorder, clock, random, logs.CreateLogger<ProbeLoops>()),
            Verdicts = verdicts,
            Volumes = supplies.Volumes,
            Cgroups = supplies.Cgroups,
            Client = client,
            Events = recorder,
            Clock = clock,
        };
        _workers = new(services, new Admission(() => nodes.Find(new("", facts.NodeName))), random, logs.CreateLogger<PodWorker>());
        _cleanUp = new(services, _workers, logs.CreateLogger<OrphanCleanUp>());
        _events = new(runtime, () => _workers.Count > 0, clock, logs.CreateLogger<ContainerEvents>());
    }

    public IReadOnlyCollection<Pod> All => [.. _workers.All.Select(w => w.Pod)];

    public void Dispose()
    {
        _prober.Dispose();
        _hooks.Dispose();
    }

    /// <summary>Runs until cancelled. Containers go on running then: the next process takes them over.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        _workers.Open(stop.Token);
        using var subscription = _pods.Subscribe(OnPod);
        var loops = new[] { WatchContainersAsync(stop.Token), CleanUpAsync(stop.Token) };
        try
        {
            await await Task.WhenAny(loops);
        }
        finally
        {
            subscription.Dispose();
            await stop.CancelAsync();
            await Task.WhenAll(loops).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await _workers.WaitAsync();
        }
    }

    public Pod? Find(string ns, string name) =>
        // Of two pods of one name the older one is on its way out.
        _workers.All.Select(w => w.Pod).Where(p => p.Metadata.Name == name && p.Metadata.Namespace == ns).MinBy(p => p.IsDeleted() ? 1 : 0);

    public string? ContainerId(Pod pod, string container, bool isPrevious) => Instance(pod, container, isPrevious)?.Id;

    public string? SandboxId(Pod pod) => _workers.Find(pod.Metadata.Uid)?.State.ReadySandbox?.Id;

    public string? LogPath(Pod pod, string container, bool isPrevious) => Instance(pod, container, isPrevious)?.LogPath is { Length: > 0 } path ? path : null;

    public void Wake(string podUid) => _workers.Find(podUid)?.Wake();

    /// <summary>Ends the pod for the node's sake; its status gets this reason and message.</summary>
    /// <param name="reason"><c>Evicted</c>, <c>Terminated</c> …</param>
    /// <param name="grace">Null: the pod's own.</param>
    public void Fail(string podUid, string reason, string message, TimeSpan? grace) => _workers.Find(podUid)?.Fail(new(reason, message), grace);

    /// <summary>The previous instance is the one of the status' <c>lastState</c>: while a container waits to be started again that is the newest.</summary>
    private ContainerInstance? Instance(Pod pod, string container, bool isPrevious)
    {
        var state = _workers.Find(pod.Metadata.Uid)?.State;
        return isPrevious && !IsWaiting(pod, container) ? state?.Previous(container) : state?.Newest(container);
    }

    private static bool IsWaiting(Pod pod, string container) =>
        pod.Status.InitContainerStatuses.Concat(pod.Status.ContainerStatuses).Any(c => c.Name == container && c is { State.Waiting: not null, RestartCount: > 0 });

    private void OnPod(Pod? old, Pod? current)
    {
        if (old is not null && old.Metadata.Uid != current?.Metadata.Uid)
            _workers.Find(old.Metadata.Uid)?.Remove();
        if (current is not null)
            _workers.Update(current);
    }

    private async Task WatchContainersAsync(CancellationToken ct)
    {
        await foreach (var change in _events.WatchAsync(ct))
            Wake(change.PodUid);
    }

    private async Task CleanUpAsync(CancellationToken ct)
    {
        await _pods.WaitForSyncAsync(ct);
        using var timer = new PeriodicTimer(CleanUpPeriod, _clock);
        do
        {
            try
            {
                await _cleanUp.RunAsync(ct);
            }
            catch (Exception e) when (e is RuntimeException or IOException or UnauthorizedAccessException)
            {
                CleanUpFailed(e);
            }
        }
        while (await timer.WaitForNextTickAsync(ct));
    }

    [LoggerMessage(1, LogLevel.Warning, "Looking for pods that the API does not have failed; trying again in two minutes")]
    private partial void CleanUpFailed(Exception e);
}
