using System.IO.Pipelines;
using System.Text;
using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Logs;
using KubeSharp.Kubelet.Runtime;
using KubeSharp.Linux.Files;
using KubeSharp.Linux.Processes;
using KubeSharp.Machinery;
using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Privileged.Tests.Runtime;

public sealed class ContainerdTests(ContainerdFixture node) : IClassFixture<ContainerdFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string LogDirectory => Path.Combine(node.Root, "logs");

    [Fact]
    public async Task Archives_and_the_pause_image_are_imported_once()
    {
        Assert.NotNull(await node.Client.FindImageAsync(new() { Image = BusyboxImage.Name }, Ct));
        Assert.NotNull(await node.Client.FindImageAsync(new() { Image = PauseImage.Name }, Ct));

        var written = File.GetLastWriteTimeUtc(node.Files.Imported);
        await new ImageArchives(
            node.Files, Path.Combine(node.Root, "images"), node.Client, node.Supervisor, Microsoft.Extensions.Logging.Abstractions.NullLogger<ImageArchives>.Instance).RunAsync(Ct);
        Assert.Equal(written, File.GetLastWriteTimeUtc(node.Files.Imported));
    }

    [Fact]
    public async Task A_container_runs_in_its_pods_cgroup_with_its_limits_and_nothing_is_left_of_it()
    {
        var pod = Pod("limited", cpu: "200m", memory: "64Mi");
        var parent = node.PodCgroups.Ensure(pod);
        Assert.StartsWith(node.CgroupRoot + "/kubepods/pod", parent);
        Assert.Contains("uid-limited", node.PodCgroups.PodsWithCgroup());
        var (sandbox, id) = await StartAsync(pod, parent, "echo hello; echo oops >&2; cat /proc/self/cgroup; exec sleep 1000");

        var usage = node.PodCgroups.Usage(pod);
        Assert.NotNull(usage);
        Assert.InRange(usage.MemoryBytes, 1, 64L << 20);
        Assert.NotEmpty(node.PodCgroups.Processes(pod));
        Assert.Equal(64L << 20, await LimitAsync(id));

        await LogAsync(Path.Combine(LogDirectory, "limited", "c.log"), "hello\n", "oops\n", parent);

        await node.Client.StopSandboxAsync(sandbox, Ct);
        await node.Client.RemoveSandboxAsync(sandbox, Ct);
        await node.PodCgroups.RemoveAsync(pod.Metadata.Uid, Ct);
        await node.PodCgroups.RemoveAsync(pod.Metadata.Uid, Ct);
        Assert.False(node.Cgroups.Exists(parent));
        Assert.DoesNotContain("uid-limited", node.PodCgroups.PodsWithCgroup());
    }

    [Fact]
    public async Task Removing_a_pods_cgroup_kills_what_runs_in_it()
    {
        var pod = Pod("orphan");
        var (sandbox, id) = await StartAsync(pod, node.PodCgroups.Ensure(pod), "exec sleep 1000");
        var processes = node.PodCgroups.Processes(pod).Select(p => ProcessIdentity.Of(p)!).ToList();

        await node.PodCgroups.RemoveAsync(pod.Metadata.Uid, Ct);

        Assert.NotEmpty(processes);
        Assert.All(processes, p => Assert.False(p.IsAlive));
        await UntilAsync(async () => await node.Client.FindContainerAsync(id, Ct) is { State: Kubelet.Cri.ContainerState.ContainerExited });
        await node.Client.StopSandboxAsync(sandbox, Ct);
        await node.Client.RemoveSandboxAsync(sandbox, Ct);
    }

    [Fact]
    public async Task Containers_outlive_a_killed_containerd_which_comes_back_and_is_adopted_by_the_next_of_us()
    {
        var pod = Pod("survivor");
        var (sandbox, id) = await StartAsync(pod, node.PodCgroups.Ensure(pod), "exec sleep 1000");
        var processes = node.PodCgroups.Processes(pod).Select(p => ProcessIdentity.Of(p)!).ToList();
        var first = Running();

        using (var handle = ProcessHandle.Open(first))
            Assert.True(handle!.Send(Linux.Processes.Signal.Kill));
        await UntilAsync(() => ValueTask.FromResult(File.Exists(node.Files.PidFile) && Running() != first));
        await UntilAnswersAsync();

        Assert.NotEmpty(processes);
        Assert.All(processes, p => Assert.True(p.IsAlive));
        Assert.Equal(Kubelet.Cri.ContainerState.ContainerRunning, (await node.Client.FindContainerAsync(id, Ct))!.State);

        var second = Running();
        using var stop = new CancellationTokenSource();
        var successor = node.NewSupervisor();
        var run = successor.RunAsync(stop.Token);
        await successor.Ready.WaitAsync(Ct);
        Assert.Equal(second, Running());
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.True(second.IsAlive);

        await node.Client.StopSandboxAsync(sandbox, Ct);
        await node.Client.RemoveSandboxAsync(sandbox, Ct);
        await node.PodCgroups.RemoveAsync(pod.Metadata.Uid, Ct);
    }

    private ProcessIdentity Running() => ProcessIdentity.Parse(File.ReadAllText(node.Files.PidFile))!;

    private async Task<(string Sandbox, string Container)> StartAsync(Pod pod, string parent, string script)
    {
        var name = pod.Metadata.Name;
        Directory.CreateDirectory(Path.Combine(LogDirectory, name));
        var config = new PodSandboxConfig
        {
            Metadata = new() { Name = name, Namespace = "test", Uid = pod.Metadata.Uid },
            LogDirectory = Path.Combine(LogDirectory, name),
            Linux = new()
            {
                CgroupParent = parent,
                SecurityContext = new() { NamespaceOptions = new() { Network = NamespaceMode.Node } },
            },
        };
        var sandbox = await node.Client.RunSandboxAsync(config, "", Ct);
        var image = await node.Client.FindImageAsync(new() { Image = BusyboxImage.Name }, Ct);
        var id = await node.Client.CreateContainerAsync(
            sandbox,
            new()
            {
                Metadata = new() { Name = "c" },
                Image = new() { Image = image!.Id },
                Command = { "sh", "-c", script },
                LogPath = "c.log",
                Linux = new()
                {
                    Resources = Kubelet.Resources.ContainerResources.Of(pod, pod.Spec.Containers[0], node.Node, []),
                    SecurityContext = new() { NamespaceOptions = new() { Network = NamespaceMode.Node } },
                },
            },
            config,
            Ct);
        await node.Client.StartContainerAsync(id, Ct);
        return (sandbox, id);
    }

    private async Task<long> LimitAsync(string container)
    {
        var result = await node.Client.ExecSyncAsync(container, ["cat", "/sys/fs/cgroup/memory/memory.limit_in_bytes"], TimeSpan.FromSeconds(10), Ct);
        return long.Parse(result.Stdout.ToStringUtf8(), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Follows the log until all of this was in it: the two streams come in no order.</summary>
    private static async Task LogAsync(string path, params string[] parts)
    {
        using var watch = new DirectoryWatch();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var copy = new ContainerLogs(watch, TimeProvider.System).CopyAsync(path, new(Follow: true), _ => Task.FromResult(true), pipe.Writer, enough.Token);
        var text = new StringBuilder();
        using var reader = new StreamReader(pipe.Reader.AsStream());
        while (!parts.All(text.ToString().Contains))
            text.Append(await reader.ReadLineAsync(Ct) ?? throw new EndOfStreamException(text.ToString())).Append('\n');
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copy);
    }

    private async Task UntilAnswersAsync() => await UntilAsync(async () =>
    {
        try
        {
            await node.Client.VersionAsync(Ct);
            return true;
        }
        catch (RuntimeException)
        {
            return false;
        }
    });

    private static async Task UntilAsync(Func<ValueTask<bool>> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await condition())
            await timer.WaitForNextTickAsync(Ct);
    }

    private static Pod Pod(string name, string cpu = "", string memory = "")
    {
        var limits = new Dictionary<string, Quantity>();
        if (cpu.Length > 0)
            (limits["cpu"], limits["memory"]) = (Quantity.Parse(cpu), Quantity.Parse(memory));
        return new()
        {
            Metadata = new() { Name = name, Namespace = "test", Uid = "uid-" + name },
            Spec = new() { Containers = [new() { Name = "c", Resources = new() { Limits = limits, Requests = limits } }] },
        };
    }
}
