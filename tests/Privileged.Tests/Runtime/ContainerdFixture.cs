using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Resources;
using KubeSharp.Kubelet.Runtime;
using KubeSharp.Linux.Cgroups;
using KubeSharp.Linux.Mounts;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSharp.Privileged.Tests.Runtime;

/// <summary>A containerd of the test's own in directories and cgroups of its own; nothing of it is left afterwards.</summary>
public sealed class ContainerdFixture : IAsyncLifetime
{
    private readonly CancellationTokenSource _stop = new();
    private Task _run = Task.CompletedTask;

    public ContainerdFixture()
    {
        Root = Directory.CreateTempSubdirectory("ks").FullName; // short: a unix socket's path has 107 bytes
        CgroupRoot = "/" + Path.GetFileName(Root);
        Files = new(Path.Combine(Root, "data"), Path.Combine(Root, "run"), "/usr/lib/cni", Path.Combine(Root, "cni"), PauseImage.Name);
        Supervisor = NewSupervisor();
        Client = new(Files.Endpoint, TimeProvider.System);
        Cgroups = CgroupTree.Open(TimeProvider.System);
        Node = new(2, 8L << 30, 1L << 40, 110);
        PodCgroups = new(Cgroups, CgroupRoot, Node);
        Archives = new(Files, Path.Combine(Root, "images"), Client, Supervisor, NullLogger<ImageArchives>.Instance);
    }

    internal string Root { get; }

    internal string CgroupRoot { get; }

    internal ContainerdFiles Files { get; }

    internal ContainerdSupervisor Supervisor { get; }

    internal ImageArchives Archives { get; }

    internal CriClient Client { get; }

    internal ICgroups Cgroups { get; }

    internal PodCgroups PodCgroups { get; }

    internal NodeResources Node { get; }

    internal ContainerdSupervisor NewSupervisor() => new(Files, TimeProvider.System, NullLogger<ContainerdSupervisor>.Instance);

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(Root, "images"));
        BusyboxImage.Write(Path.Combine(Root, "images", "busybox.tar"));
        _run = Supervisor.RunAsync(_stop.Token);
        await Archives.RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sandbox in await Client.ListSandboxesAsync(new(), default))
        {
            await Client.StopSandboxAsync(sandbox.Id, default);
            await Client.RemoveSandboxAsync(sandbox.Id, default);
        }

        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _run);
        await Supervisor.StopAsync(default);
        Client.Dispose();
        _stop.Dispose();
        await Cgroups.RemoveAsync(CgroupRoot, default);
        foreach (var mount in MountTable.Under(Root))
            Linux.Mounts.Mount.Unmount(mount.Path);
        Directory.Delete(Root, recursive: true);
    }
}
