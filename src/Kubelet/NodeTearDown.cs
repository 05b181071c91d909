using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Resources;
using KubeSharp.Kubelet.Runtime;
using KubeSharp.Linux.Cgroups;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Kubelet;

/// <summary>Takes a node down: its pods, then containerd; with <see cref="PurgeAsync"/> everything it left on the machine.</summary>
public sealed class NodeTearDown(KubeletOptions options, TimeProvider clock, ILoggerFactory logs)
{
    private const int AtOnce = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ContainerdFiles _files = new(options.ContainerdDir, Path.Combine(options.RunDir, "containerd"), options.CniBinDir, options.CniConfDir, options.PauseImage);

    /// <summary>Stops and removes every pod, then stops containerd. A containerd that does not run is started for it: shims outlive it.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        if (!File.Exists(_files.Config))
            return; // this node never ran

        var supervisor = new ContainerdSupervisor(_files, clock, logs.CreateLogger<ContainerdSupervisor>());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var running = supervisor.RunAsync(stop.Token);
        try
        {
            await supervisor.Ready.WaitAsync(Patience, clock, ct);
            await RemovePodsAsync(ct);
        }
        finally
        {
            await stop.CancelAsync();
            await running.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await supervisor.StopAsync(ct);
        }
    }

    /// <summary>Unmounts and deletes what the node kept. Only its own directories and cgroups are touched.</summary>
    public async Task PurgeAsync(CancellationToken ct)
    {
        var tree = CgroupTree.Open(clock);
        var cgroups = new PodCgroups(tree, options.CgroupRoot, NodeResources.Read("/", options.MaxPods));
        foreach (var uid in cgroups.PodsWithCgroup())
            await cgroups.RemoveAsync(uid, ct);
        await cgroups.RemoveAllAsync(ct);

        foreach (var directory in (string[])[options.DataDir, options.RunDir, options.PodLogsDir])
        {
            foreach (var mount in Linux.Mounts.MountTable.Under(directory))
                Linux.Mounts.Mount.Unmount(mount.Path);
            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
        }
    }

    private async Task RemovePodsAsync(CancellationToken ct)
    {
        using var runtime = new CriClient(_files.Endpoint, clock);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct };
        await Parallel.ForEachAsync(await runtime.ListSandboxesAsync(new(), ct), parallel, async (sandbox, stop) =>
        {
            await runtime.StopSandboxAsync(sandbox.Id, stop);
            await runtime.RemoveSandboxAsync(sandbox.Id, stop);
        });
    }
}
