namespace KubeSharp.Kinds.Pods;

/// <summary>Defaults of pod specs, in templates and in pods.</summary>
internal static class PodSpecDefaults
{
    public static PodTemplateSpec Apply(PodTemplateSpec template) => template with { Spec = Apply(template.Spec) };

    public static PodSpec Apply(PodSpec spec) => spec with
    {
        RestartPolicy = ContainerDefaults.Or(spec.RestartPolicy, "Always"),
        DnsPolicy = ContainerDefaults.Or(spec.DnsPolicy, "ClusterFirst"),
        SchedulerName = ContainerDefaults.Or(spec.SchedulerName, "default-scheduler"),
        TerminationGracePeriodSeconds = spec.TerminationGracePeriodSeconds ?? 30,
        SecurityContext = spec.SecurityContext ?? PodSecurityContext.Empty,

        // serviceAccount is the old name of the same field; whichever is given fills the other.
        ServiceAccountName = ContainerDefaults.Or(spec.ServiceAccountName, spec.ServiceAccount),
        ServiceAccount = ContainerDefaults.Or(spec.ServiceAccountName, spec.ServiceAccount),
        Overhead = ContainerDefaults.Rounded(spec.Overhead),
        Volumes = spec.Volumes.Each(VolumeDefaults.Apply),
        Containers = spec.Containers.Each(ContainerDefaults.Apply),
        InitContainers = spec.InitContainers.Each(ContainerDefaults.Apply),
        EphemeralContainers = spec.EphemeralContainers.Each(ContainerDefaults.Apply),
    };

    /// <summary>Real pods only.</summary>
    public static Pod Apply(Pod pod)
    {
        var spec = Apply(pod.Spec);
        return pod with
        {
            Spec = spec with
            {
                EnableServiceLinks = spec.EnableServiceLinks ?? true,
                Containers = spec.Containers.Each(c => OfPod(spec, c)),
                InitContainers = spec.InitContainers.Each(c => OfPod(spec, c)),
                Resources = spec.Resources is { } whole ? ContainerDefaults.RequestsFromLimits(ContainerDefaults.Rounded(whole)) : null,
            },
        };
    }

    private static Container OfPod(PodSpec spec, Container container) => container with
    {
        Resources = ContainerDefaults.RequestsFromLimits(container.Resources),
        Ports = spec.HostNetwork ? container.Ports.Each(p => p.HostPort == 0 ? p with { HostPort = p.ContainerPortValue } : p) : container.Ports,
    };
}
