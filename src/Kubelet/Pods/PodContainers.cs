namespace KubeSharp.Kubelet.Pods;

internal enum ContainerKind
{
    Init,

    /// <summary>An init container that keeps running: restartPolicy Always.</summary>
    Sidecar,
    Regular,
    Ephemeral,
}

/// <summary>A pod's containers by kind and name.</summary>
internal static class PodContainers
{
    public static ContainerKind KindOfInit(Container init) => init.IsSidecar() ? ContainerKind.Sidecar : ContainerKind.Init;

    /// <summary>Every container of the spec with its kind, in the order in which they start.</summary>
    public static IEnumerable<(Container Container, ContainerKind Kind)> AllContainers(this Pod pod) =>
    [
        .. pod.Spec.InitContainers.Select(c => (c, KindOfInit(c))),
        .. pod.Spec.Containers.Select(c => (c, ContainerKind.Regular)),
        .. pod.Spec.EphemeralContainers.Select(c => (c.AsContainer(), ContainerKind.Ephemeral)),
    ];

    public static (Container Container, ContainerKind Kind)? FindContainer(this Pod pod, string name)
    {
        foreach (var found in pod.AllContainers())
        {
            if (found.Container.Name == name)
                return found;
        }

        return null;
    }

    /// <summary>Where the container stands in its pod, as events name it.</summary>
    public static string FieldPath(ContainerKind kind, string name) => kind switch
    {
        ContainerKind.Init or ContainerKind.Sidecar => $"spec.initContainers{{{name}}}",
        ContainerKind.Ephemeral => $"spec.ephemeralContainers{{{name}}}",
        _ => $"spec.containers{{{name}}}",
    };

    /// <summary><c>name_namespace(uid)</c>, as upstream's messages name a pod.</summary>
    public static string FullName(this Pod pod) => $"{pod.Metadata.Name}_{pod.Metadata.Namespace}({pod.Metadata.Uid})";

    public static bool IsDeleted(this Pod pod) => pod.Metadata.DeletionTimestamp is not null;

    /// <summary>Whether the API has the pod as ended; nothing makes it run again.</summary>
    public static bool IsFinished(this Pod pod) => pod.Status.Phase is "Succeeded" or "Failed";

    public static Container AsContainer(this EphemeralContainer e) => new()
    {
        Name = e.Name,
        Image = e.Image,
        Command = e.Command,
        Args = e.Args,
        WorkingDir = e.WorkingDir,
        EnvFrom = e.EnvFrom,
        Env = e.Env,
        Resources = e.Resources,
        VolumeMounts = e.VolumeMounts,
        VolumeDevices = e.VolumeDevices,
        TerminationMessagePath = e.TerminationMessagePath,
        TerminationMessagePolicy = e.TerminationMessagePolicy,
        ImagePullPolicy = e.ImagePullPolicy,
        SecurityContext = e.SecurityContext,
        Stdin = e.Stdin,
        StdinOnce = e.StdinOnce,
        Tty = e.Tty,
    };
}
