namespace KubeSharp.Kubelet.Resources;

/// <summary>The cgroups that hold pods, in v1 controllers or the v2 tree: <c>ROOT[/burstable|/besteffort]/podUID</c>.</summary>
internal interface IPodCgroups
{
    /// <summary>Makes the pod's cgroup with its limits in every controller; may be repeated.</summary>
    /// <returns>The path to give the runtime as <c>cgroup_parent</c>.</returns>
    string Ensure(Pod pod);

    /// <summary>Kills what is left in it and removes it, whatever QoS class it was in. May be repeated.</summary>
    Task RemoveAsync(string podUid, CancellationToken ct);

    /// <summary>The pods that have a cgroup on this node.</summary>
    IReadOnlyCollection<string> PodsWithCgroup();
}
