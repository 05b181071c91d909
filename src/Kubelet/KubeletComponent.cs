using KubeSharp.Client;
using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Environment;
using KubeSharp.Kubelet.Images;
using KubeSharp.Kubelet.Logs;
using KubeSharp.Kubelet.NodeStatus;
using KubeSharp.Kubelet.Pods;
using KubeSharp.Kubelet.Resources;
using KubeSharp.Kubelet.Runtime;
using KubeSharp.Kubelet.Server;
using KubeSharp.Kubelet.Volumes;
using KubeSharp.Linux.Cgroups;
using KubeSharp.Linux.Files;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Kubelet;

/// <summary>The node's agent, put together: containerd, pods, volumes, images, the node's status and its own HTTPS server.</summary>
public sealed class KubeletComponent : IDisposable
{
    private readonly CriClient _runtime;
    private readonly DirectoryWatch _logWatch = new();
    private readonly KubeletPods _pods;
    private readonly List<(string Name, Func<CancellationToken, Task> Run)> _loops = [];

    public KubeletComponent(KubeletOptions options, IClient client, IInformers informers, IEventRecorder events, TimeProvider clock, Random random, ILoggerFactory logs)
    {
        var files = new ContainerdFiles(options.ContainerdDir, Path.Combine(options.RunDir, "containerd"), options.CniBinDir, options.CniConfDir, options.PauseImage);
        var isOurs = options.RuntimeEndpoint.Length == 0;
        _runtime = new(isOurs ? files.Endpoint : options.RuntimeEndpoint, clock);
        var imported = Task.CompletedTask;
        var own = new ArchivedImages();
        if (isOurs)
        {
            var containerd = new ContainerdSupervisor(files, clock, logs.CreateLogger<ContainerdSupervisor>());
            var archives = new ImageArchives(files, options.ImagesDir, _runtime, containerd, logs.CreateLogger<ImageArchives>());
            (imported, own) = (archives.Done, archives.Names);
            _loops.Add(("containerd", containerd.RunAsync));
            _loops.Add(("image archives", async ct =>
            {
                await archives.RunAsync(ct);
                await Task.Delay(Timeout.InfiniteTimeSpan, clock, ct); // imported once; a restart of the process looks again
            }));
        }

        var machine = NodeResources.Read(options.DataDir, options.MaxPods);
        var tree = CgroupTree.Open(clock);
        var cgroups = new PodCgroups(tree, options.CgroupRoot, machine);
        cgroups.EnsureClasses();
        var isUnified = tree.IsUnified();
        var addresses = options.Addresses.Select(a => a.ToString()).ToList();
        var objects = new ReferencedObjects(client, clock, logs.CreateLogger<ReferencedObjects>());
        var tokens = new PodTokens(client, clock, random);
        var volumes = new PodVolumes(
            options.KubeletDir, VolumePlugins.All(client, objects, tokens, new(machine, addresses), clock), objects, tokens);
        var facts = new NodeFacts
        {
            NodeName = options.NodeName,
            HostIps = addresses,
            ClusterDns = options.ClusterDns,
            ClusterDomain = options.ClusterDomain,
            DataDir = options.DataDir,
            PodLogsRoot = options.PodLogsDir,
        };
        var supplies = new PodSupplies(
            new PodImages(_runtime, objects, events, imported, own.Contains, clock), volumes, new ContainerEnvironments(objects, informers.For<Service>(), machine, addresses), cgroups,
            (pod, container) => Resources.ContainerResources.Of(pod, container, machine, isUnified));
        _pods = new(facts, RuntimeServices.Of(_runtime), supplies, client, informers, events, clock, random, logs);
        objects.Changed += _pods.Wake;
        tokens.Due += _pods.Wake;

        var nodes = informers.For<Node>(new ListQuery(FieldSelector: $"metadata.name={options.NodeName}"));
        Reporter = new(client, nodes, _runtime, _runtime, events, machine, options, clock, logs.CreateLogger<NodeReporter>());
        var lease = new NodeLease(client, Reporter, options.NodeName, clock, logs.CreateLogger<NodeLease>());
        var usage = new NodeUsage(_pods, _runtime, cgroups, clock);
        var routes = new KubeletRoutes(
            _pods,
            new(_pods, _runtime, new(_logWatch, clock), clock),
            new(_pods, _runtime, new(clock)),
            new(usage, _runtime, options, clock),
            new(usage, _pods, options));
        var server = new KubeletServer(
            options, new(client, options.NodeName, options.ClientCa, clock), routes, logs, logs.CreateLogger<KubeletServer>());
        var rotation = new LogRotation(_pods, _runtime, options.ContainerLogMaxBytes, options.ContainerLogMaxFiles, clock, logs.CreateLogger<LogRotation>());
        var collector = new ImageCollector(_runtime, _runtime, options.ContainerdDir, options.PauseImage, clock, logs.CreateLogger<ImageCollector>());
        _loops.AddRange(
        [
            ("node status", Reporter.RunAsync),
            ("node lease", lease.RunAsync),
            ("pods", _pods.RunAsync),
            ("pod tokens", tokens.RunAsync),
            ("node server", server.RunAsync),
            ("log rotation", rotation.RunAsync),
            ("image collection", collector.RunAsync),
        ]);
    }

    /// <summary>What the host keeps running, each by its name.</summary>
    public IReadOnlyList<(string Name, Func<CancellationToken, Task> Run)> Loops => _loops;

    internal NodeReporter Reporter { get; }

    /// <summary>The ids of all sandboxes the runtime knows; <see langword="null"/> while it does not answer.</summary>
    public async Task<IReadOnlySet<string>?> LiveSandboxesAsync(CancellationToken ct)
    {
        try
        {
            return (await _runtime.ListSandboxesAsync(new(), ct)).Select(s => s.Id).ToHashSet();
        }
        catch (RuntimeException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _pods.Dispose();
        _runtime.Dispose();
        _logWatch.Dispose();
    }
}
