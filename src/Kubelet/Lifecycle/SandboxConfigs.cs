using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Pods;

namespace KubeSharp.Kubelet.Lifecycle;

/// <summary>What the runtime is told about a pod's sandbox.</summary>
internal static class SandboxConfigs
{
    public static PodSandboxConfig Of(Pod pod, int attempt, string cgroupParent, NodeFacts facts, string resolvConf)
    {
        var config = new PodSandboxConfig
        {
            Metadata = new()
            {
                Name = pod.Metadata.Name,
                Namespace = pod.Metadata.Namespace,
                Uid = pod.Metadata.Uid,
                Attempt = (uint)attempt,
            },
            Hostname = pod.Spec.HostNetwork ? "" : Hostnames.SandboxNameOf(pod, facts),
            LogDirectory = LogDirectoryOf(pod, facts),
            DnsConfig = DnsConfigs.Of(pod, facts, resolvConf),
            Linux = new() { CgroupParent = cgroupParent, SecurityContext = SecurityContexts.OfSandbox(pod, facts) },
        };
        config.Labels.Add(pod.Metadata.Labels.Where(l => !IsOurs(l.Key)).ToDictionary());
        config.Labels.Add(CriLabels.PodName, pod.Metadata.Name);
        config.Labels.Add(CriLabels.PodNamespace, pod.Metadata.Namespace);
        config.Labels.Add(CriLabels.PodUid, pod.Metadata.Uid);
        config.Annotations.Add(pod.Metadata.Annotations.ToDictionary());
        foreach (var sysctl in pod.Spec.SecurityContext?.Sysctls ?? [])
            config.Linux.Sysctls[sysctl.Name.Replace('/', '.')] = sysctl.Value;
        if (!pod.Spec.HostNetwork)
            config.PortMappings.AddRange(pod.AllContainers().SelectMany(c => c.Container.Ports).Select(MappingOf));
        return config;
    }

    public static string LogDirectoryOf(Pod pod, NodeFacts facts) =>
        Path.Combine(facts.PodLogsRoot, $"{pod.Metadata.Namespace}_{pod.Metadata.Name}_{pod.Metadata.Uid}");

    private static bool IsOurs(string label) => label is CriLabels.PodName or CriLabels.PodNamespace or CriLabels.PodUid;

    private static PortMapping MappingOf(ContainerPort port) => new()
    {
        ContainerPort = port.ContainerPortValue,
        HostPort = port.HostPort,
        HostIp = port.HostIP,
        Protocol = port.Protocol switch
        {
            "UDP" => Protocol.Udp,
            "SCTP" => Protocol.Sctp,
            _ => Protocol.Tcp,
        },
    };
}
