using KubeSharp.Kubelet;
using KubeSharp.Kubelet.Cri;
using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Privileged.Tests.Runtime;

/// <summary>One pod with one container on the fixture's containerd, as the rest of the kubelet would show it.</summary>
internal sealed class RunningContainer(Pod pod, string sandbox, string container, string log) : IPods
{
    public IReadOnlyCollection<Pod> All => [pod];

    public Pod? Find(string ns, string name) => pod.Metadata.Namespace == ns && pod.Metadata.Name == name ? pod : null;

    public string? ContainerId(Pod pod, string container1, bool isPrevious) => container1 == "c" && !isPrevious ? container : null;

    public string? SandboxId(Pod pod) => sandbox;

    public string? LogPath(Pod pod, string container, bool isPrevious) => container == "c" ? log : null;

    public void Wake(string podUid)
    {
    }

    public static async Task<RunningContainer> StartAsync(ContainerdFixture node, string name, string script, CancellationToken ct)
    {
        var now = TimeProvider.System.GetUtcNow();
        var pod = new Pod
        {
            Metadata = new() { Name = name, Namespace = "test", Uid = "uid-" + name },
            Spec = new() { HostNetwork = true, Containers = [new() { Name = "c" }] },
            Status = new()
            {
                Phase = "Running",
                ContainerStatuses = [new() { Name = "c", State = new() { Running = new() { StartedAt = now } } }],
            },
        };
        var logs = Path.Combine(node.Root, "logs", name);
        Directory.CreateDirectory(logs);
        var options = new NamespaceOption { Network = NamespaceMode.Node };
        var config = new PodSandboxConfig
        {
            Metadata = new() { Name = name, Namespace = "test", Uid = pod.Metadata.Uid },
            LogDirectory = logs,
            Linux = new() { CgroupParent = node.PodCgroups.Ensure(pod), SecurityContext = new() { NamespaceOptions = options } },
        };
        var sandbox = await node.Client.RunSandboxAsync(config, "", ct);
        var image = await node.Client.FindImageAsync(new() { Image = BusyboxImage.Name }, ct);
        var container = new ContainerConfig
        {
            Metadata = new() { Name = "c" },
            Labels = { [CriLabels.PodUid] = pod.Metadata.Uid, [CriLabels.ContainerName] = "c" },
            Image = new() { Image = image!.Id },
            Command = { "sh", "-c", script },
            LogPath = "c.log",
            Linux = new() { SecurityContext = new() { NamespaceOptions = options } },
        };
        var id = await node.Client.CreateContainerAsync(sandbox, container, config, ct);
        await node.Client.StartContainerAsync(id, ct);
        return new(pod, sandbox, id, Path.Combine(logs, "c.log"));
    }
}
