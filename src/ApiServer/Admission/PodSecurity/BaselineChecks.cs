using System.Globalization;
using static KubeSharp.ApiServer.Admission.PodSecurity.Violation;

namespace KubeSharp.ApiServer.Admission.PodSecurity;

/// <summary>The checks of the baseline profile: known ways from a pod to its node. Pure; each knows since when its rules are as they are.</summary>
internal static class BaselineChecks
{
    private const string AppArmorAnnotation = "container.apparmor.security.beta.kubernetes.io/";
    private const string SeccompAnnotation = "seccomp.security.alpha.kubernetes.io/pod";
    private const string SeccompContainerAnnotation = "container.seccomp.security.alpha.kubernetes.io/";

    private static readonly HashSet<string> Capabilities =
    [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    ];

    private static readonly (int Since, string Name)[] SafeSysctls =
    [
        (0, "kernel.shm_rmid_forced"), (0, "net.ipv4.ip_local_port_range"), (0, "net.ipv4.tcp_syncookies"), (0, "net.ipv4.ping_group_range"), (0, "net.ipv4.ip_unprivileged_port_start"),
        (27, "net.ipv4.ip_local_reserved_ports"),
        (29, "net.ipv4.tcp_keepalive_time"), (29, "net.ipv4.tcp_fin_timeout"), (29, "net.ipv4.tcp_keepalive_intvl"), (29, "net.ipv4.tcp_keepalive_probes"),
        (32, "net.ipv4.tcp_rmem"), (32, "net.ipv4.tcp_wmem"),
    ];

    public static Violation? AppArmor(PodFacts pod, int minor)
    {
        var isPod = pod.Spec.SecurityContext?.AppArmorProfile is { } whole && !IsAllowed(whole);
        var bad = pod.Where(c => c.Security?.AppArmorProfile is { } profile && !IsAllowed(profile));
        var annotations = pod.Metadata.Annotations
            .Where(a => a.Key.StartsWith(AppArmorAnnotation, StringComparison.Ordinal) && !(a.Value is "" or "runtime/default" || a.Value.StartsWith("localhost/", StringComparison.Ordinal)))
            .Select(a => $"{a.Key}=\"{a.Value}\"").Order(StringComparer.Ordinal).ToList();
        if (!isPod && bad.Count == 0 && annotations.Count == 0)
            return null;

        var values = Set(pod.Containers.Select(c => c.Security?.AppArmorProfile).Prepend(pod.Spec.SecurityContext?.AppArmorProfile).OfType<AppArmorProfile>().Where(p => !IsAllowed(p)).Select(p => p.Type));
        values.AddRange(annotations);
        var setters = Setters(isPod, bad, annotations.Count > 0 ? [Plural("annotation", annotations.Count)] : []);
        return new(Plural("forbidden AppArmor profile", values.Count), $"{setters} must not set AppArmor profile type to {Quoted(values)}");

        static bool IsAllowed(AppArmorProfile profile) => profile.Type is "RuntimeDefault" or "Localhost";
    }

    public static Violation? AddedCapabilities(PodFacts pod, int minor)
    {
        var bad = pod.Where(c => Added(c).Any());
        return bad.Count == 0 ? null : new("non-default capabilities", $"{Containers(bad)} must not include {Quoted(Set(pod.Containers.SelectMany(Added)))} in securityContext.capabilities.add");

        static IEnumerable<string> Added(ContainerFacts c) => c.Security?.Capabilities?.Add.Where(a => !Capabilities.Contains(a)) ?? [];
    }

    public static Violation? HostNamespaces(PodFacts pod, int minor)
    {
        List<string> shared = [];
        if (pod.Spec.HostNetwork)
            shared.Add("hostNetwork=true");
        if (pod.Spec.HostPID)
            shared.Add("hostPID=true");
        if (pod.Spec.HostIPC)
            shared.Add("hostIPC=true");
        return shared.Count == 0 ? null : new("host namespaces", string.Join(", ", shared));
    }

    public static Violation? HostPaths(PodFacts pod, int minor)
    {
        var volumes = pod.Spec.Volumes.Where(v => v.HostPath is not null).Select(v => v.Name).ToList();
        return volumes.Count == 0 ? null : new("hostPath volumes", $"{Plural("volume", volumes.Count)} {Quoted(volumes)}");
    }

    public static Violation? HostPorts(PodFacts pod, int minor)
    {
        var bad = pod.Where(c => c.Ports.Any(p => p.HostPort != 0));
        if (bad.Count == 0)
            return null;

        var ports = Set(pod.Containers.SelectMany(c => c.Ports).Where(p => p.HostPort != 0).Select(p => p.HostPort.ToString(CultureInfo.InvariantCulture)));
        return new("hostPort", $"{Containers(bad)} {Use(bad)} {Plural("hostPort", ports.Count)} {string.Join(", ", ports)}");
    }

    public static Violation? ProbedHosts(PodFacts pod, int minor)
    {
        var bad = Set(pod.Where(c => Hosts(c).Any()));
        if (bad.Count == 0)
            return null;

        var hosts = Set(pod.Containers.SelectMany(Hosts));
        return new("probe or lifecycle host", $"{Containers(bad)} {Use(bad)} {Plural("probe or lifecycle host", hosts.Count)} {Quoted(hosts)}");

        static IEnumerable<string> Hosts(ContainerFacts c) =>
            c.Probes.SelectMany(p => new[] { p?.HttpGet?.Host, p?.TcpSocket?.Host })
                .Concat(new[] { c.Lifecycle?.PostStart, c.Lifecycle?.PreStop }.SelectMany(h => new[] { h?.HttpGet?.Host, h?.TcpSocket?.Host }))
                .OfType<string>().Where(h => h.Length > 0);
    }

    public static Violation? Privileged(PodFacts pod, int minor)
    {
        var bad = pod.Where(c => c.Security?.Privileged == true);
        return bad.Count == 0 ? null : new("privileged", $"{Containers(bad)} must not set securityContext.privileged=true");
    }

    public static Violation? ProcMount(PodFacts pod, int minor) => minor >= 35 && pod.HasOwnUsers ? null : AnyProcMount(pod, minor);

    /// <summary>The restricted profile makes no exception for pods with users of their own.</summary>
    public static Violation? AnyProcMount(PodFacts pod, int minor)
    {
        var bad = pod.Where(c => c.Security?.ProcMount is { } mount && mount != "Default");
        return bad.Count == 0
            ? null
            : new("procMount", $"{Containers(bad)} must not set securityContext.procMount to {Quoted(Set(pod.Containers.Select(c => c.Security?.ProcMount).OfType<string>().Where(m => m != "Default")))}");
    }

    public static Violation? SeLinux(PodFacts pod, int minor)
    {
        var isPod = pod.Spec.SecurityContext?.SeLinuxOptions is { } whole && !IsAllowed(whole);
        var bad = pod.Where(c => c.Security?.SeLinuxOptions is { } options && !IsAllowed(options));
        if (!isPod && bad.Count == 0)
            return null;

        var all = pod.Containers.Select(c => c.Security?.SeLinuxOptions).Prepend(pod.Spec.SecurityContext?.SeLinuxOptions).OfType<SELinuxOptions>().ToList();
        var types = Set(all.Select(o => o.Type).Where(t => !IsType(t)));
        List<string> wrong = [];
        if (types.Count > 0)
            wrong.Add($"{Plural("type", types.Count)} {Quoted(types)}");
        if (all.Any(o => o.User.Length > 0))
            wrong.Add("user may not be set");
        if (all.Any(o => o.Role.Length > 0))
            wrong.Add("role may not be set");
        return new("seLinuxOptions", $"{Setters(isPod, bad)} set forbidden securityContext.seLinuxOptions: {string.Join("; ", wrong)}");

        bool IsAllowed(SELinuxOptions options) => IsType(options.Type) && options.User.Length == 0 && options.Role.Length == 0;
        bool IsType(string type) => type is "" or "container_t" or "container_init_t" or "container_kvm_t" || (minor >= 31 && type == "container_engine_t");
    }

    public static Violation? Seccomp(PodFacts pod, int minor)
    {
        if (minor < 19)
            return SeccompAnnotations(pod);

        var isPod = pod.Spec.SecurityContext?.SeccompProfile is { } whole && !IsSeccompAllowed(whole);
        var bad = pod.Where(c => c.Security?.SeccompProfile is { } profile && !IsSeccompAllowed(profile));
        return isPod || bad.Count > 0 ? ForbiddenSeccomp(pod, isPod, bad) : null;
    }

    public static bool IsSeccompAllowed(SeccompProfile profile) => profile.Type is "RuntimeDefault" or "Localhost";

    public static Violation ForbiddenSeccomp(PodFacts pod, bool isPod, List<string> containers)
    {
        var values = Set(pod.Containers.Select(c => c.Security?.SeccompProfile).Prepend(pod.Spec.SecurityContext?.SeccompProfile).OfType<SeccompProfile>().Where(p => !IsSeccompAllowed(p)).Select(p => p.Type));
        return new("seccompProfile", $"{Setters(isPod, containers)} must not set securityContext.seccompProfile.type to {Quoted(values)}");
    }

    private static Violation? SeccompAnnotations(PodFacts pod)
    {
        var bad = Set(pod.Containers.Select(c => SeccompContainerAnnotation + c.Name).Prepend(SeccompAnnotation)
            .Where(key => pod.Metadata.Annotations.TryGetValue(key, out var value) && !(value is "runtime/default" or "docker/default" || value.StartsWith("localhost/", StringComparison.Ordinal)))
            .Select(key => $"{key}=\"{pod.Metadata.Annotations[key]}\""));
        return bad.Count == 0 ? null : new("seccompProfile", $"forbidden {Plural("annotation", bad.Count)} {string.Join(", ", bad)}");
    }

    public static Violation? Sysctls(PodFacts pod, int minor)
    {
        var bad = pod.Spec.SecurityContext?.Sysctls.Select(s => s.Name).Where(name => !SafeSysctls.Any(s => s.Name == name && s.Since <= minor)).ToList() ?? [];
        return bad.Count == 0 ? null : new("forbidden sysctls", string.Join(", ", bad));
    }

    public static Violation? HostProcess(PodFacts pod, int minor)
    {
        var isPod = pod.Spec.SecurityContext?.WindowsOptions?.HostProcess == true;
        var bad = pod.Where(c => c.Security?.WindowsOptions?.HostProcess == true);
        return isPod || bad.Count > 0 ? new("hostProcess", $"{Setters(isPod, bad)} must not set securityContext.windowsOptions.hostProcess=true") : null;
    }

    private static string Use(List<string> containers) => containers.Count == 1 ? "uses" : "use";
}
