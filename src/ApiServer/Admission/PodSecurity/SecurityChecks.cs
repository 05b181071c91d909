namespace KubeSharp.ApiServer.Admission.PodSecurity;

/// <param name="Since">The minor version of Kubernetes that brought it.</param>
/// <param name="Overrides">A check of the baseline that it takes the place of.</param>
internal sealed record SecurityCheck(string Id, Func<PodFacts, int, Violation?> Find, int Since = 0, string Overrides = "");

/// <summary>The pod security standards: all checks, in the order of their ids as upstream reports them.</summary>
internal static class SecurityChecks
{
    /// <summary>What <c>latest</c> means, and every version beyond it.</summary>
    public const int Newest = 36;

    private static readonly SecurityCheck[] Baseline =
    [
        new("appArmorProfile", BaselineChecks.AppArmor),
        new("capabilities_baseline", BaselineChecks.AddedCapabilities),
        new("hostNamespaces", BaselineChecks.HostNamespaces),
        new("hostPathVolumes", BaselineChecks.HostPaths),
        new("hostPorts", BaselineChecks.HostPorts),
        new("hostProbesAndHostLifecycle", BaselineChecks.ProbedHosts, Since: 34),
        new("privileged", BaselineChecks.Privileged),
        new("procMount", BaselineChecks.ProcMount),
        new("seLinuxOptions", BaselineChecks.SeLinux),
        new("seccompProfile_baseline", BaselineChecks.Seccomp),
        new("sysctls", BaselineChecks.Sysctls),
        new("windowsHostProcess", BaselineChecks.HostProcess),
    ];

    private static readonly SecurityCheck[] Restricted =
    [
        new("allowPrivilegeEscalation", RestrictedChecks.PrivilegeEscalation, Since: 8),
        new("capabilities_restricted", RestrictedChecks.Capabilities, Since: 22, Overrides: "capabilities_baseline"),
        new("procMount_restricted", BaselineChecks.AnyProcMount, Since: 35, Overrides: "procMount"),
        new("restrictedVolumes", RestrictedChecks.Volumes, Overrides: "hostPathVolumes"),
        new("runAsNonRoot", RestrictedChecks.NonRoot),
        new("runAsUser", RestrictedChecks.RootUser, Since: 23),
        new("seccompProfile_restricted", RestrictedChecks.Seccomp, Since: 19, Overrides: "seccompProfile_baseline"),
    ];

    /// <summary>Everything in which the pod violates the standard.</summary>
    public static List<Violation> Find(PodFacts pod, SecurityStandard standard)
    {
        if (standard.Level == SecurityLevel.Privileged)
            return [];

        var minor = Math.Min(standard.Minor ?? Newest, Newest);
        SecurityCheck[] further = standard.Level == SecurityLevel.Restricted ? [.. Restricted.Where(c => c.Since <= minor)] : [];
        return
        [
            .. Baseline.Where(c => c.Since <= minor && !further.Any(f => f.Overrides == c.Id))
                .Concat(further)
                .Select(c => c.Find(pod, minor))
                .OfType<Violation>(),
        ];
    }
}
