namespace KubeSharp.Kubelet.Volumes;

/// <summary>The volumes of pods as directories and files of this node.</summary>
/// <remarks>Thread-safe; one pod's calls never overlap, because its worker makes them.</remarks>
internal interface IPodVolumes
{
    /// <summary>Makes every volume of the pod's spec present and its content current; quick when nothing changed.</summary>
    /// <returns>Where each volume is on the node, by the volume's name.</returns>
    /// <exception cref="VolumeException">A volume cannot be made yet (a missing ConfigMap, …); the pod waits, an event says why.</exception>
    Task<IReadOnlyDictionary<string, string>> MountAsync(Pod pod, CancellationToken ct);

    /// <summary>Takes everything of the pod off the node: mounts, then its directory. May be repeated.</summary>
    Task UnmountAsync(string podUid, CancellationToken ct);

    /// <summary>The pods that have a directory on this node, known to the API or not.</summary>
    IReadOnlyCollection<string> PodsOnDisk();

    /// <summary>The pod's directory, for its /etc/hosts and termination messages: <c>DATA/kubelet/pods/UID</c>.</summary>
    string DirectoryOf(string podUid);
}

/// <param name="reason">The event's reason: <c>FailedMount</c>.</param>
internal sealed class VolumeException(string reason, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Reason { get; } = reason;
}
