using KubeSharp.Kinds.Pods;

namespace KubeSharp.Kinds.Storage;

/// <summary>Defaults of what a PersistentVolume stands for.</summary>
internal static class PersistentVolumeDefaults
{
    public static PersistentVolumeSpec Apply(PersistentVolumeSpec spec) => spec with
    {
        Capacity = ContainerDefaults.Rounded(spec.Capacity),
        HostPath = VolumeDefaults.HostPath(spec.HostPath),
        AzureDisk = VolumeDefaults.AzureDisk(spec.AzureDisk),
        Iscsi = spec.Iscsi is { } iscsi ? iscsi with { IscsiInterface = ContainerDefaults.Or(iscsi.IscsiInterface, "default") } : null,
        Rbd = spec.Rbd is { } rbd ? rbd with
        {
            Pool = ContainerDefaults.Or(rbd.Pool, "rbd"),
            User = ContainerDefaults.Or(rbd.User, "admin"),
            Keyring = ContainerDefaults.Or(rbd.Keyring, "/etc/ceph/keyring"),
        } : null,
        ScaleIO = spec.ScaleIO is { } scale ? scale with
        {
            StorageMode = ContainerDefaults.Or(scale.StorageMode, "ThinProvisioned"),
            FsType = ContainerDefaults.Or(scale.FsType, "xfs"),
        } : null,
    };
}
