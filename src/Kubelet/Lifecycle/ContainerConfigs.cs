using System.Text;
using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Environment;
using KubeSharp.Kubelet.Images;
using KubeSharp.Kubelet.Pods;
using Container = KubeSharp.Objects.CoreV1.Container;
using Mount = KubeSharp.Kubelet.Cri.Mount;

namespace KubeSharp.Kubelet.Lifecycle;

/// <summary>All that a container of a running pod needs to know of its pod.</summary>
/// <param name="Directory">The pod's directory on the node.</param>
internal sealed record PodContext(
    Pod Pod, string SandboxId, PodSandboxConfig Sandbox, IReadOnlyList<string> PodIps, IReadOnlyDictionary<string, string> Volumes, string Directory);

/// <summary>What the runtime is told about a container.</summary>
internal static class ContainerConfigs
{
    public static ContainerConfig Of(
        PodContext context, Container container, ContainerKind kind, int restartCount, PresentImage image, ContainerEnvironment environment,
        IEnumerable<Mount> mounts, LinuxContainerResources resources, string targetId, NodeFacts facts)
    {
        var pod = context.Pod;
        var config = new ContainerConfig
        {
            Metadata = new() { Name = container.Name, Attempt = (uint)restartCount },
            Image = new() { Image = image.Reference, UserSpecifiedImage = container.Image },
            WorkingDir = container.WorkingDir,
            LogPath = $"{container.Name}/{restartCount}.log",
            Stdin = container.Stdin,
            StdinOnce = container.StdinOnce,
            Tty = container.Tty,
            StopSignal = SignalOf(container.Lifecycle?.StopSignal),
            Linux = new()
            {
                Resources = resources,
                SecurityContext = SecurityContexts.Of(pod, container, kind, targetId, facts),
            },
        };
        config.Command.AddRange(environment.Command);
        config.Args.AddRange(environment.Args);
        config.Envs.AddRange(environment.Variables);
        config.Mounts.AddRange(mounts);
        config.Labels.Add(CriLabels.ContainerName, container.Name);
        config.Labels.Add(CriLabels.PodName, pod.Metadata.Name);
        config.Labels.Add(CriLabels.PodNamespace, pod.Metadata.Namespace);
        config.Labels.Add(CriLabels.PodUid, pod.Metadata.Uid);
        foreach (var (key, value) in ContainerAnnotations.Of(pod, container, restartCount))
            config.Annotations.Add(key, value);
        return config;
    }

    /// <summary>The pod's own /etc/hosts, unless the container brings one.</summary>
    public static Mount? HostsMount(PodContext context, Container container, NodeFacts facts)
    {
        if (container.VolumeMounts.Any(m => m.MountPath == "/etc/hosts"))
            return null;

        var path = Path.Combine(context.Directory, "etc-hosts");
        Directory.CreateDirectory(context.Directory);
        var nodeHosts = context.Pod.Spec.HostNetwork && File.Exists(facts.HostsFile) ? File.ReadAllText(facts.HostsFile) : "";
        File.WriteAllText(path, HostsFile.Of(context.Pod, facts, context.PodIps, nodeHosts), new UTF8Encoding(false));
        return new() { ContainerPath = "/etc/hosts", HostPath = path };
    }

    /// <summary>A fresh file for this life's last words.</summary>
    /// <param name="name">Tells this life's file from those of others.</param>
    public static Mount? TerminationLogMount(PodContext context, Container container, string name)
    {
        if (container.TerminationMessagePath.Length == 0)
            return null;

        var directory = Path.Combine(context.Directory, "containers", container.Name);
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, name);
        File.WriteAllBytes(path, []);

        // Any user a container runs as may write its last words.
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        return new() { ContainerPath = container.TerminationMessagePath, HostPath = path };
    }

    private static Signal SignalOf(string? name) =>
        name is not null && Enum.TryParse<Signal>(name.Replace("+", "Plus", StringComparison.Ordinal).Replace("-", "Minus", StringComparison.Ordinal), ignoreCase: true, out var signal)
            ? signal
            : Signal.RuntimeDefault;
}
