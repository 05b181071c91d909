using System.Text.RegularExpressions;
using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Pods;

/// <summary>Security contexts of pods and containers.</summary>
internal static partial class SecurityRules
{
    private const int MaxSysctl = 253;
    private const string SysctlPattern = "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";

    public static void Validate(PodSpecRules pod)
    {
        if (pod.Spec.SecurityContext is not { } context)
            return;

        var (path, findings) = ($"{pod.Path}.securityContext", pod.Findings);
        Id($"{path}.fsGroup", context.FsGroup, findings);
        Id($"{path}.runAsUser", context.RunAsUser, findings);
        Id($"{path}.runAsGroup", context.RunAsGroup, findings);
        for (var i = 0; i < context.SupplementalGroups.Count; i++)
            Id($"{path}.supplementalGroups[{i}]", context.SupplementalGroups[i], findings);
        if (pod.Spec is { ShareProcessNamespace: true, HostPID: true })
            findings.Invalid($"{path}.shareProcessNamespace", true, "ShareProcessNamespace and HostPID cannot both be enabled");
        Sysctls(context.Sysctls, pod.Spec, $"{path}.sysctls", findings);
        findings.OptionalOneOf($"{path}.fsGroupChangePolicy", context.FsGroupChangePolicy, "Always", "OnRootMismatch");
        Seccomp(context.SeccompProfile, $"{path}.seccompProfile", findings);
        AppArmor(context.AppArmorProfile, $"{path}.appArmorProfile", findings);
        findings.OptionalOneOf($"{path}.supplementalGroupsPolicy", context.SupplementalGroupsPolicy, "Merge", "Strict");
        findings.OptionalOneOf($"{path}.seLinuxChangePolicy", context.SeLinuxChangePolicy, "MountOption", "Recursive");
    }

    public static void Validate(SecurityContext? context, string path, PodSpecRules pod)
    {
        if (context is null)
            return;

        var findings = pod.Findings;
        Id($"{path}.runAsUser", context.RunAsUser, findings);
        Id($"{path}.runAsGroup", context.RunAsGroup, findings);
        findings.OptionalOneOf($"{path}.procMount", context.ProcMount, "Default", "Unmasked");
        if (context.ProcMount == "Unmasked" && pod.UsesHostUsers)
            findings.Invalid($"{path}.procMount", context.ProcMount, "`hostUsers` must be false to use `Unmasked`");
        Seccomp(context.SeccompProfile, $"{path}.seccompProfile", findings);
        if (context.AllowPrivilegeEscalation == false)
        {
            if (context.Privileged == true)
                findings.Invalid(path, context, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
            if (context.Capabilities?.Add.Contains("CAP_SYS_ADMIN") == true)
                findings.Invalid(path, context, "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
        }

        AppArmor(context.AppArmorProfile, $"{path}.appArmorProfile", findings);
    }

    /// <summary>A pod with users of its own cannot share other namespaces with the host.</summary>
    public static void HostUsers(PodSpecRules pod)
    {
        const string Why = "when `hostUsers` is false";
        if (pod.UsesHostUsers)
            return;

        if (pod.Spec.HostNetwork)
            pod.Findings.Forbidden($"{pod.Path}.hostNetwork", Why);
        if (pod.Spec.HostPID)
            pod.Findings.Forbidden($"{pod.Path}.hostPID", Why);
        if (pod.Spec.HostIPC)
            pod.Findings.Forbidden($"{pod.Path}.hostIPC", Why);
    }

    private static void Id(string field, long? id, Findings findings) => findings.InRange(field, id, 0, int.MaxValue);

    private static void Sysctls(IReadOnlyList<Sysctl> sysctls, PodSpec spec, string path, Findings findings)
    {
        var names = new HashSet<string>();
        for (var i = 0; i < sysctls.Count; i++)
        {
            var (at, name) = ($"{path}[{i}].name", sysctls[i].Name);
            if (name.Length == 0)
                findings.Required(at);
            else if (name.Length > MaxSysctl || !SysctlName().IsMatch(name))
                findings.Invalid(at, name, $"must have at most {MaxSysctl} characters and match regex {SysctlPattern}");
            else if (!names.Add(name))
                findings.Duplicate(at, name);

            var dotted = name.Replace('/', '.');
            if (spec.HostNetwork && dotted.StartsWith("net.", StringComparison.Ordinal))
                findings.Invalid(at, name, "may not be specified when 'hostNetwork' is true");
            else if (spec.HostIPC && IsIpc(dotted))
                findings.Invalid(at, name, "may not be specified when 'hostIPC' is true");
        }
    }

    private static bool IsIpc(string sysctl) => sysctl is "kernel.sem" || new[] { "kernel.shm", "kernel.msg", "fs.mqueue." }.Any(p => sysctl.StartsWith(p, StringComparison.Ordinal));

    private static void Seccomp(SeccompProfile? profile, string path, Findings findings)
    {
        if (profile is null)
            return;

        if (profile.Type.Length == 0)
            findings.Required($"{path}.type", "type is required when seccompProfile is set");
        else
            findings.OneOf($"{path}.type", profile.Type, "Localhost", "RuntimeDefault", "Unconfined");

        if (profile.Type != "Localhost" && profile.LocalhostProfile is not null)
            findings.Invalid($"{path}.localhostProfile", profile, "can only be set when seccomp type is Localhost");
        else if (profile.Type == "Localhost" && profile.LocalhostProfile is { } file)
            findings.Descending($"{path}.localhostProfile", file);
        else if (profile.Type == "Localhost")
            findings.Required($"{path}.localhostProfile", "must be set when seccomp type is Localhost");
    }

    private static void AppArmor(AppArmorProfile? profile, string path, Findings findings)
    {
        if (profile is null)
            return;

        if (profile.Type.Length == 0)
            findings.Required($"{path}.type", "type is required when appArmorProfile is set");
        else
            findings.OneOf($"{path}.type", profile.Type, "Localhost", "RuntimeDefault", "Unconfined");

        if (profile.Type is "RuntimeDefault" or "Unconfined" && profile.LocalhostProfile is not null)
            findings.Invalid($"{path}.localhostProfile", profile.LocalhostProfile, "can only be set when AppArmor type is Localhost");
        else if (profile.Type == "Localhost" && string.IsNullOrWhiteSpace(profile.LocalhostProfile))
            findings.Required($"{path}.localhostProfile", "must be set when AppArmor type is Localhost");
        else if (profile.Type == "Localhost" && profile.LocalhostProfile!.Trim() != profile.LocalhostProfile)
            findings.Invalid($"{path}.localhostProfile", profile.LocalhostProfile, "must not be padded with whitespace");
    }

    [GeneratedRegex(@"^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex SysctlName();
}
