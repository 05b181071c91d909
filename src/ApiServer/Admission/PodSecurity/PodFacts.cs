namespace KubeSharp.ApiServer.Admission.PodSecurity;

/// <summary>A pod as the checks look at it: its containers of all sorts are alike.</summary>
internal sealed class PodFacts(ObjectMeta metadata, PodSpec spec)
{
    public ObjectMeta Metadata => metadata;

    public PodSpec Spec => spec;

    /// <summary>Init containers, containers, ephemeral containers: the order of names in messages.</summary>
    public IReadOnlyList<ContainerFacts> Containers { get; } =
    [
        .. spec.InitContainers.Select(ContainerFacts.Of),
        .. spec.Containers.Select(ContainerFacts.Of),
        .. spec.EphemeralContainers.Select(c => new ContainerFacts(c.Name, c.SecurityContext, c.Ports, [c.LivenessProbe, c.ReadinessProbe, c.StartupProbe], c.Lifecycle)),
    ];

    /// <summary>In a user namespace of its own, root of the pod is nobody on the node.</summary>
    public bool HasOwnUsers => spec.HostUsers == false;

    public bool IsWindows => spec.Os?.Name == "windows";

    /// <summary>The names of the containers for which something holds.</summary>
    public List<string> Where(Func<ContainerFacts, bool> holds) => [.. Containers.Where(holds).Select(c => c.Name)];
}

internal sealed record ContainerFacts(string Name, SecurityContext? Security, IReadOnlyList<ContainerPort> Ports, IReadOnlyList<Probe?> Probes, Lifecycle? Lifecycle)
{
    public static ContainerFacts Of(Container container) => new(
        container.Name, container.SecurityContext, container.Ports, [container.LivenessProbe, container.ReadinessProbe, container.StartupProbe], container.Lifecycle);
}
