using static KubeSharp.ApiServer.Admission.PodSecurity.Violation;

namespace KubeSharp.ApiServer.Admission.PodSecurity;

/// <summary>What the restricted profile asks beyond the baseline: a pod that has no more rights than it needs. Pure.</summary>
internal static class RestrictedChecks
{
    public static Violation? PrivilegeEscalation(PodFacts pod, int minor)
    {
        if (minor >= 25 && pod.IsWindows)
            return null;

        var bad = pod.Where(c => c.Security?.AllowPrivilegeEscalation != false);
        return bad.Count == 0 ? null : new("allowPrivilegeEscalation != false", $"{Containers(bad)} must set securityContext.allowPrivilegeEscalation=false");
    }

    public static Violation? Capabilities(PodFacts pod, int minor)
    {
        if (minor >= 25 && pod.IsWindows)
            return null;

        var keeping = pod.Where(c => c.Security?.Capabilities?.Drop.Contains("ALL") != true);
        var adding = pod.Where(c => Added(c).Any());
        List<string> wrong = [];
        if (keeping.Count > 0)
            wrong.Add($"{Containers(keeping)} must set securityContext.capabilities.drop=[\"ALL\"]");
        if (adding.Count > 0)
            wrong.Add($"{Containers(adding)} must not include {Quoted(Set(pod.Containers.SelectMany(Added)))} in securityContext.capabilities.add");
        return wrong.Count == 0 ? null : new("unrestricted capabilities", string.Join("; ", wrong));

        static IEnumerable<string> Added(ContainerFacts c) => c.Security?.Capabilities?.Add.Where(a => a != "NET_BIND_SERVICE") ?? [];
    }

    public static Violation? Volumes(PodFacts pod, int minor)
    {
        var bad = pod.Spec.Volumes.Where(v => TypeOf(v) is not null).ToList();
        if (bad.Count == 0)
            return null;

        var types = Set(bad.Select(v => TypeOf(v)!));
        return new(
            "restricted volume types",
            $"{Plural("volume", bad.Count)} {Quoted(bad.Select(v => v.Name))} {(bad.Count == 1 ? "uses" : "use")} {Plural("restricted volume type", types.Count)} {Quoted(types)}");
    }

    public static Violation? NonRoot(PodFacts pod, int minor)
    {
        if (minor >= 35 && pod.HasOwnUsers)
            return null;

        var wish = pod.Spec.SecurityContext?.RunAsNonRoot;
        var rooted = pod.Where(c => c.Security?.RunAsNonRoot == false);
        if (wish == false || rooted.Count > 0)
            return new("runAsNonRoot != true", $"{Setters(wish == false, rooted)} must not set securityContext.runAsNonRoot=false");

        var silent = pod.Where(c => c.Security?.RunAsNonRoot is null && wish != true);
        return silent.Count == 0 ? null : new("runAsNonRoot != true", $"pod or {Containers(silent)} must set securityContext.runAsNonRoot=true");
    }

    public static Violation? RootUser(PodFacts pod, int minor)
    {
        if (minor >= 35 && pod.HasOwnUsers)
            return null;

        var isPod = pod.Spec.SecurityContext?.RunAsUser == 0;
        var bad = pod.Where(c => c.Security?.RunAsUser == 0);
        return isPod || bad.Count > 0 ? new("runAsUser=0", $"{Setters(isPod, bad)} must not set runAsUser=0") : null;
    }

    public static Violation? Seccomp(PodFacts pod, int minor)
    {
        if (minor >= 25 && pod.IsWindows)
            return null;

        var whole = pod.Spec.SecurityContext?.SeccompProfile;
        var isPod = whole is not null && !BaselineChecks.IsSeccompAllowed(whole);
        var bad = pod.Where(c => c.Security?.SeccompProfile is { } profile && !BaselineChecks.IsSeccompAllowed(profile));
        if (isPod || bad.Count > 0)
            return BaselineChecks.ForbiddenSeccomp(pod, isPod, bad);

        var silent = pod.Where(c => c.Security?.SeccompProfile is null && whole is null);
        return silent.Count == 0 ? null : new("seccompProfile", $"pod or {Containers(silent)} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"");
    }

    /// <summary>The name of a type that is not allowed; <see langword="null"/> for one that is.</summary>
    private static string? TypeOf(Volume volume) => volume switch
    {
        { ConfigMap: not null } or { Csi: not null } or { DownwardAPI: not null } or { EmptyDir: not null } or { Ephemeral: not null } or { Image: not null }
            or { PersistentVolumeClaim: not null } or { Projected: not null } or { Secret: not null } => null,
        { HostPath: not null } => "hostPath",
        { GcePersistentDisk: not null } => "gcePersistentDisk",
        { AwsElasticBlockStore: not null } => "awsElasticBlockStore",
        { GitRepo: not null } => "gitRepo",
        { Nfs: not null } => "nfs",
        { Iscsi: not null } => "iscsi",
        { Glusterfs: not null } => "glusterfs",
        { Rbd: not null } => "rbd",
        { FlexVolume: not null } => "flexVolume",
        { Cinder: not null } => "cinder",
        { Cephfs: not null } => "cephfs",
        { Flocker: not null } => "flocker",
        { Fc: not null } => "fc",
        { AzureFile: not null } => "azureFile",
        { VsphereVolume: not null } => "vsphereVolume",
        { Quobyte: not null } => "quobyte",
        { AzureDisk: not null } => "azureDisk",
        { PhotonPersistentDisk: not null } => "photonPersistentDisk",
        { PortworxVolume: not null } => "portworxVolume",
        { ScaleIO: not null } => "scaleIO",
        { Storageos: not null } => "storageos",
        _ => "unknown",
    };
}
