namespace KubeSharp.Kubelet.Cri;

internal enum ContainerChange
{
    Started,
    Died,
    Removed,
}

/// <summary>Something happened to a container or sandbox of a pod: time to look at that pod.</summary>
internal readonly record struct ContainerEvent(ContainerChange Change, string PodUid, string Id);
