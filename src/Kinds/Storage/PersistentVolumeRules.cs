using KubeSharp.Kinds.Pods;
using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Storage;

/// <summary>What a PersistentVolume may say, by itself or inside a VolumeAttachment.</summary>
internal static class PersistentVolumeRules
{
    private const string InlineOnly = "may not be specified in the context of inline volumes";

    public static void Validate(PersistentVolumeSpec spec, string path, Findings findings)
    {
        if (spec.AccessModes.Count == 0)
            findings.Required($"{path}.accessModes");
        findings.AccessModes($"{path}.accessModes", spec.AccessModes);
        Capacity(spec.Capacity, $"{path}.capacity", findings);
        if (spec.PersistentVolumeReclaimPolicy is not ("" or "Delete" or "Recycle" or "Retain"))
            findings.NotSupported($"{path}.persistentVolumeReclaimPolicy", spec.PersistentVolumeReclaimPolicy, "Delete", "Recycle", "Retain");
        if (spec.NodeAffinity is { } affinity)
            NodeAffinity(affinity, $"{path}.nodeAffinity", findings);
        Source(spec, path, findings);

        if (spec.HostPath is { } host && IsRoot(host.Path) && spec.PersistentVolumeReclaimPolicy == "Recycle")
            findings.Forbidden($"{path}.persistentVolumeReclaimPolicy", "may not be 'recycle' for a hostPath mount of '/'");
        if (spec.StorageClassName.Length > 0)
            findings.Each($"{path}.storageClassName", spec.StorageClassName, NameRules.Dns1123Subdomain(spec.StorageClassName));
        findings.VolumeMode($"{path}.volumeMode", spec.VolumeMode);
        AttributesClass(spec, path, findings);
    }

    /// <summary>A volume that lives in one pod only says where it is, by CSI.</summary>
    public static void ValidateInline(PersistentVolumeSpec spec, string path, Findings findings)
    {
        if (spec.ClaimRef is not null)
            findings.Forbidden($"{path}.claimRef", InlineOnly);
        if (spec.Capacity.Count > 0)
            findings.Forbidden($"{path}.capacity", InlineOnly);
        if (spec.Csi is null)
            findings.Required($"{path}.csi", "has to be specified in the context of inline volumes");
        if (spec.AccessModes.Count == 0)
            findings.Required($"{path}.accessModes");
        findings.AccessModes($"{path}.accessModes", spec.AccessModes);
        if (spec.PersistentVolumeReclaimPolicy is not ("" or "Retain"))
            findings.Forbidden($"{path}.persistentVolumeReclaimPolicy", "may only be Retain in the context of inline volumes");
        if (spec.NodeAffinity is not null)
            findings.Forbidden($"{path}.nodeAffinity", InlineOnly);
        Source(spec, path, findings);
        if (spec.StorageClassName.Length > 0)
            findings.Forbidden($"{path}.storageClassName", InlineOnly);
        if (spec.VolumeMode is not (null or "Filesystem"))
            findings.Forbidden($"{path}.volumeMode", "may not specify volumeMode other than Filesystem in the context of inline volumes");
    }

    private static void Capacity(IReadOnlyDictionary<string, Quantity> capacity, string field, Findings findings)
    {
        if (capacity.Count == 0)
            findings.Required(field);
        if (!capacity.ContainsKey("storage") || capacity.Count > 1)
            findings.NotOneOf(field, capacity.Count == 0 ? null : $"{{{string.Join(',', capacity.Select(c => $"\"{c.Key}\":\"{c.Value}\""))}}}", "storage");
        foreach (var (name, amount) in capacity.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            if (amount.Sign < 0)
                findings.Invalid($"{field}[{name}]", amount.Value, "must be a valid resource quantity");
            if (amount.Sign <= 0)
                findings.Invalid($"{field}[{name}]", amount, "must be greater than zero");
        }
    }

    private static void NodeAffinity(VolumeNodeAffinity affinity, string path, Findings findings)
    {
        if (affinity.Required is { } required)
            AffinityRules.NodeSelector(required, $"{path}.required", findings);
        else
            findings.Required($"{path}.required", "must specify required node constraints");
    }

    private static void Source(PersistentVolumeSpec spec, string path, Findings findings)
    {
        var sources = new AlternativeFields(findings, path, "may not specify more than 1 volume type");
        foreach (var (field, at, source) in Sources(spec))
        {
            if (!sources.Takes(field, source))
                continue;

            var where = $"{path}.{at}";
            switch (source)
            {
                case HostPathVolumeSource host:
                    VolumeRules.HostPath(host, where, findings);
                    break;
                case NFSVolumeSource nfs:
                    VolumeRules.Nfs(nfs, where, findings);
                    break;
                case ISCSIPersistentVolumeSource iscsi:
                    Iscsi(iscsi, where, findings);
                    break;
                case LocalVolumeSource local:
                    Local(local, spec, path, findings);
                    break;
                case CSIPersistentVolumeSource csi:
                    Csi(csi, where, findings);
                    break;
                default:
                    RemoteVolumeRules.Validate(source!, where, findings);
                    break;
            }
        }

        if (sources.Count == 0)
            findings.Required(path, "must specify a volume type");
    }

    /// <summary>In the order in which the first stands; two are called otherwise where their own fields are told.</summary>
    private static IEnumerable<(string Field, string At, object? Source)> Sources(PersistentVolumeSpec v) =>
    [
        ("hostPath", "hostPath", v.HostPath),
        ("gcePersistentDisk", "persistentDisk", v.GcePersistentDisk),
        ("awsElasticBlockStore", "awsElasticBlockStore", v.AwsElasticBlockStore),
        ("glusterfs", "glusterfs", v.Glusterfs),
        ("flocker", "flocker", v.Flocker),
        ("nfs", "nfs", v.Nfs),
        ("rbd", "rbd", v.Rbd),
        ("quobyte", "quobyte", v.Quobyte),
        ("cephFS", "cephfs", v.Cephfs),
        ("iscsi", "iscsi", v.Iscsi),
        ("cinder", "cinder", v.Cinder),
        ("fc", "fc", v.Fc),
        ("flexVolume", "flexVolume", v.FlexVolume),
        ("azureFile", "azureFile", v.AzureFile),
        ("vsphereVolume", "vsphereVolume", v.VsphereVolume),
        ("photonPersistentDisk", "photonPersistentDisk", v.PhotonPersistentDisk),
        ("portworxVolume", "portworxVolume", v.PortworxVolume),
        ("azureDisk", "azureDisk", v.AzureDisk),
        ("scaleIO", "scaleIO", v.ScaleIO),
        ("local", "local", v.Local),
        ("storageos", "storageos", v.Storageos),
        ("csi", "csi", v.Csi),
    ];

    private static void Iscsi(ISCSIPersistentVolumeSource iscsi, string path, Findings findings)
    {
        VolumeRules.Iscsi(
            new()
            {
                TargetPortal = iscsi.TargetPortal,
                Iqn = iscsi.Iqn,
                Lun = iscsi.Lun,
                ChapAuthDiscovery = iscsi.ChapAuthDiscovery,
                ChapAuthSession = iscsi.ChapAuthSession,
                SecretRef = iscsi.SecretRef is { } secret ? new() { Name = secret.Name } : null,
            },
            path,
            findings);
        if (iscsi.SecretRef is { Name: "" })
            findings.Required($"{path}.secretRef.name");
    }

    private static void Local(LocalVolumeSource local, PersistentVolumeSpec spec, string path, Findings findings)
    {
        if (local.Path.Length == 0)
            findings.Required($"{path}.local.path");
        else
            findings.NoBacksteps($"{path}.local.path", local.Path);
        if (spec.NodeAffinity is null)
            findings.Required($"{path}.nodeAffinity", "Local volume requires node affinity");
    }

    private static void Csi(CSIPersistentVolumeSource csi, string path, Findings findings)
    {
        findings.DriverName($"{path}.driver", csi.Driver);
        findings.Present($"{path}.volumeHandle", csi.VolumeHandle);
        foreach (var (field, secret) in new[]
        {
            ("controllerPublishSecretRef", csi.ControllerPublishSecretRef), ("controllerExpandSecretRef", csi.ControllerExpandSecretRef),
            ("nodePublishSecretRef", csi.NodePublishSecretRef), ("nodeExpandSecretRef", csi.NodeExpandSecretRef),
        })
        {
            if (secret is null)
                continue;
            if (secret.Name.Length == 0)
                findings.Required($"{path}.{field}.name");
            else
                findings.Each($"{path}.{field}.name", secret.Name, NameRules.Dns1123Subdomain(secret.Name));
            if (secret.Namespace.Length == 0)
                findings.Required($"{path}.{field}.namespace");
            else
                findings.Each($"{path}.{field}.namespace", secret.Namespace, NameRules.Dns1123Label(secret.Namespace));
        }
    }

    private static void AttributesClass(PersistentVolumeSpec spec, string path, Findings findings)
    {
        if (spec.VolumeAttributesClassName is not { } name)
            return;

        if (name.Length == 0)
            findings.Required($"{path}.volumeAttributesClassName", "an empty string is disallowed");
        else
            findings.Each($"{path}.volumeAttributesClassName", name, NameRules.Dns1123Subdomain(name));
        if (spec.Csi is null)
            findings.Required($"{path}.csi", "has to be specified when using volumeAttributesClassName");
    }

    private static bool IsRoot(string path) => path.StartsWith('/') && path.Split('/').All(p => p is "" or "." or "..");
}
