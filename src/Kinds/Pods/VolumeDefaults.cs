namespace KubeSharp.Kinds.Pods;

/// <summary>Defaults of a pod's volumes.</summary>
internal static class VolumeDefaults
{
    private const int FileMode = 420; // 0644
    private const long TokenLifetimeSeconds = 60 * 60;

    public static Volume Apply(Volume v) => IsSourceless(v) ? v with { EmptyDir = EmptyDirVolumeSource.Empty } : v with
    {
        Secret = v.Secret is { } secret ? secret with { DefaultMode = secret.DefaultMode ?? FileMode } : null,
        ConfigMap = v.ConfigMap is { } configMap ? configMap with { DefaultMode = configMap.DefaultMode ?? FileMode } : null,
        DownwardAPI = v.DownwardAPI is { } downward ? downward with { DefaultMode = downward.DefaultMode ?? FileMode, Items = downward.Items.Each(File) } : null,
        Projected = v.Projected is { } projected ? projected with { DefaultMode = projected.DefaultMode ?? FileMode, Sources = projected.Sources.Each(Source) } : null,
        HostPath = HostPath(v.HostPath),
        Image = v.Image is { PullPolicy: "" } image ? image with { PullPolicy = Pods.Image.DefaultPullPolicy(image.Reference) } : v.Image,
        Iscsi = v.Iscsi is { } iscsi ? iscsi with { IscsiInterface = ContainerDefaults.Or(iscsi.IscsiInterface, "default") } : null,
        Rbd = v.Rbd is { } rbd ? rbd with
        {
            Pool = ContainerDefaults.Or(rbd.Pool, "rbd"),
            User = ContainerDefaults.Or(rbd.User, "admin"),
            Keyring = ContainerDefaults.Or(rbd.Keyring, "/etc/ceph/keyring"),
        } : null,
        AzureDisk = AzureDisk(v.AzureDisk),
        ScaleIO = v.ScaleIO is { } scale ? scale with
        {
            StorageMode = ContainerDefaults.Or(scale.StorageMode, "ThinProvisioned"),
            FsType = ContainerDefaults.Or(scale.FsType, "xfs"),
        } : null,
        Ephemeral = v.Ephemeral is { VolumeClaimTemplate: { } claim } ephemeral
            ? ephemeral with { VolumeClaimTemplate = claim with { Spec = claim.Spec with { VolumeMode = claim.Spec.VolumeMode ?? "Filesystem" } } }
            : v.Ephemeral,
    };

    public static HostPathVolumeSource? HostPath(HostPathVolumeSource? host) => host is null ? null : host with { Type = host.Type ?? "" };

    public static AzureDiskVolumeSource? AzureDisk(AzureDiskVolumeSource? disk) => disk is null ? null : disk with
    {
        CachingMode = disk.CachingMode ?? "ReadWrite",
        Kind = disk.Kind ?? "Shared",
        FsType = disk.FsType ?? "ext4",
        ReadOnly = disk.ReadOnly ?? false,
    };

    /// <summary>Says nothing but its name.</summary>
    private static bool IsSourceless(Volume v) => v == new Volume { Name = v.Name };

    private static DownwardAPIVolumeFile File(DownwardAPIVolumeFile file) =>
        file.FieldRef is { } field ? file with { FieldRef = ContainerDefaults.FieldRef(field) } : file;

    private static VolumeProjection Source(VolumeProjection source) => source with
    {
        DownwardAPI = source.DownwardAPI is { } downward ? downward with { Items = downward.Items.Each(File) } : null,
        ServiceAccountToken = source.ServiceAccountToken is { } token
            ? token with { ExpirationSeconds = token.ExpirationSeconds ?? TokenLifetimeSeconds }
            : null,
    };
}
