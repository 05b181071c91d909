namespace KubeSharp.Kubelet;

/// <summary>The pods of this node as the rest of the kubelet (its server, the node's status, volumes) sees them.</summary>
internal interface IPods
{
    /// <summary>The pods bound to this node, with the status the kubelet last computed.</summary>
    IReadOnlyCollection<Pod> All { get; }

    Pod? Find(string ns, string name);

    /// <summary>The id of the newest container of that name that is running, or was (<paramref name="isPrevious"/>: the one before it); null if there is none.</summary>
    string? ContainerId(Pod pod, string container, bool isPrevious);

    /// <summary>The id of the pod's ready sandbox; null if there is none.</summary>
    string? SandboxId(Pod pod);

    /// <summary>Where a container writes its log: <c>/var/log/pods/NS_NAME_UID/CONTAINER/RESTART.log</c>; null if there is none.</summary>
    string? LogPath(Pod pod, string container, bool isPrevious);

    /// <summary>Looks at the pod again soon.</summary>
    void Wake(string podUid);
}
