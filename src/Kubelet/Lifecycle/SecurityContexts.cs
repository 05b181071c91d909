using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Environment;
using KubeSharp.Kubelet.Pods;
using Capability = KubeSharp.Kubelet.Cri.Capability;
using Container = KubeSharp.Objects.CoreV1.Container;
using SupplementalGroupsPolicy = KubeSharp.Kubelet.Cri.SupplementalGroupsPolicy;

namespace KubeSharp.Kubelet.Lifecycle;

/// <summary>Who a container runs as and what it may do: the container's word before its pod's.</summary>
internal static class SecurityContexts
{
    /// <summary>Files of /proc and /sys that tell about or change the whole machine.</summary>
    private static readonly string[] Masked =
    [
        "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
        "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
    ];

    private static readonly string[] ReadOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    public static LinuxContainerSecurityContext Of(Pod pod, Container container, ContainerKind kind, string targetId, NodeFacts facts)
    {
        var ofPod = pod.Spec.SecurityContext ?? PodSecurityContext.Empty;
        var own = container.SecurityContext ?? SecurityContext.Empty;
        var context = new LinuxContainerSecurityContext
        {
            Privileged = own.Privileged == true,
            ReadonlyRootfs = own.ReadOnlyRootFilesystem == true,
            NoNewPrivs = own.AllowPrivilegeEscalation == false,
            RunAsUser = Value(own.RunAsUser ?? ofPod.RunAsUser),
            RunAsGroup = Value(own.RunAsGroup ?? ofPod.RunAsGroup),
            NamespaceOptions = Namespaces(pod, kind, targetId),
            SelinuxOptions = SELinux(own.SeLinuxOptions ?? ofPod.SeLinuxOptions),
            Seccomp = Seccomp(own.SeccompProfile ?? ofPod.SeccompProfile, facts),
            Apparmor = AppArmor(own.AppArmorProfile ?? ofPod.AppArmorProfile),
            SupplementalGroupsPolicy = PolicyOf(ofPod),
        };
        context.SupplementalGroups.AddRange(GroupsOf(ofPod));
        if (own.Capabilities is { } capabilities)
            context.Capabilities = new Capability { AddCapabilities = { capabilities.Add }, DropCapabilities = { capabilities.Drop } };
        if (own.ProcMount != "Unmasked")
        {
            context.MaskedPaths.AddRange(Masked);
            context.ReadonlyPaths.AddRange(ReadOnly);
        }

        return context;
    }

    public static LinuxSandboxSecurityContext OfSandbox(Pod pod, NodeFacts facts)
    {
        var ofPod = pod.Spec.SecurityContext ?? PodSecurityContext.Empty;
        var context = new LinuxSandboxSecurityContext
        {
            // A sandbox must be able to hold a privileged container.
            Privileged = pod.AllContainers().Any(c => c.Container.SecurityContext?.Privileged == true),
            NamespaceOptions = Namespaces(pod, ContainerKind.Regular, ""),
            RunAsUser = Value(ofPod.RunAsUser),
            RunAsGroup = Value(ofPod.RunAsGroup),
            SelinuxOptions = SELinux(ofPod.SeLinuxOptions),
            Seccomp = new() { ProfileType = SecurityProfile.Types.ProfileType.RuntimeDefault },
            SupplementalGroupsPolicy = PolicyOf(ofPod),
        };
        context.SupplementalGroups.AddRange(GroupsOf(ofPod));
        return context;
    }

    /// <summary>Whether only the image can tell that the container does not run as root.</summary>
    public static bool MustAskImage(Pod pod, Container container) =>
        IsNonRoot(pod, container) && (container.SecurityContext?.RunAsUser ?? pod.Spec.SecurityContext?.RunAsUser) is null;

    /// <exception cref="ContainerConfigException">The container would run as root and must not.</exception>
    public static void CheckNonRoot(Pod pod, Container container, Image? image)
    {
        if (!IsNonRoot(pod, container))
            return;

        var whose = $"(pod: \"{pod.FullName()}\", container: {container.Name})";
        var user = container.SecurityContext?.RunAsUser ?? pod.Spec.SecurityContext?.RunAsUser;
        if (user == 0)
            throw new ContainerConfigException($"container's runAsUser breaks non-root policy {whose}");
        if (user is not null || image is null)
            return;
        if (image.Uid is { Value: 0 } || (image.Uid is null && image.Username.Length == 0))
            throw new ContainerConfigException($"container has runAsNonRoot and image will run as root {whose}");
        if (image.Uid is null)
            throw new ContainerConfigException($"container has runAsNonRoot and image has non-numeric user ({image.Username}), cannot verify user is non-root {whose}");
    }

    private static bool IsNonRoot(Pod pod, Container container) =>
        (container.SecurityContext?.RunAsNonRoot ?? pod.Spec.SecurityContext?.RunAsNonRoot) == true;

    private static NamespaceOption Namespaces(Pod pod, ContainerKind kind, string targetId) => new()
    {
        Network = pod.Spec.HostNetwork ? NamespaceMode.Node : NamespaceMode.Pod,
        Ipc = pod.Spec.HostIPC ? NamespaceMode.Node : NamespaceMode.Pod,
        Pid = pod.Spec.HostPID ? NamespaceMode.Node
            : pod.Spec.ShareProcessNamespace == true ? NamespaceMode.Pod
            : kind == ContainerKind.Ephemeral && targetId.Length > 0 ? NamespaceMode.Target
            : NamespaceMode.Container,
        TargetId = targetId,
    };

    private static IEnumerable<long> GroupsOf(PodSecurityContext pod) =>
        pod.FsGroup is { } fsGroup ? pod.SupplementalGroups.Append(fsGroup).Distinct() : pod.SupplementalGroups;

    private static SupplementalGroupsPolicy PolicyOf(PodSecurityContext pod) =>
        pod.SupplementalGroupsPolicy == "Strict" ? SupplementalGroupsPolicy.Strict : SupplementalGroupsPolicy.Merge;

    private static SecurityProfile Seccomp(SeccompProfile? profile, NodeFacts facts) => profile?.Type switch
    {
        "RuntimeDefault" => new() { ProfileType = SecurityProfile.Types.ProfileType.RuntimeDefault },
        "Localhost" => new()
        {
            ProfileType = SecurityProfile.Types.ProfileType.Localhost,
            LocalhostRef = Path.Combine(facts.SeccompRoot, profile.LocalhostProfile ?? ""),
        },
        _ => new() { ProfileType = SecurityProfile.Types.ProfileType.Unconfined },
    };

    private static SecurityProfile? AppArmor(AppArmorProfile? profile) => profile?.Type switch
    {
        "RuntimeDefault" => new() { ProfileType = SecurityProfile.Types.ProfileType.RuntimeDefault },
        "Unconfined" => new() { ProfileType = SecurityProfile.Types.ProfileType.Unconfined },
        "Localhost" => new() { ProfileType = SecurityProfile.Types.ProfileType.Localhost, LocalhostRef = profile.LocalhostProfile ?? "" },
        _ => null,
    };

    private static SELinuxOption? SELinux(SELinuxOptions? options) =>
        options is null ? null : new() { User = options.User, Role = options.Role, Type = options.Type, Level = options.Level };

    private static Int64Value? Value(long? number) => number is { } n ? new() { Value = n } : null;
}
