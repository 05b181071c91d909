using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Pods;

/// <summary>Storage behind drivers of old, which CSI drivers have taken over. Pods and PersistentVolumes have most of their structs in common.</summary>
internal static class RemoteVolumeRules
{
    private static readonly string[] Reserved = [".kubernetes.io", ".k8s.io"];

    public static void Validate(object source, string path, Findings findings)
    {
        switch (source)
        {
            case GCEPersistentDiskVolumeSource s:
                findings.Present($"{path}.pdName", s.PdName);
                Partition(s.Partition, path, findings);
                break;
            case AWSElasticBlockStoreVolumeSource s:
                findings.Present($"{path}.volumeID", s.VolumeID);
                Partition(s.Partition, path, findings);
                break;
            case GlusterfsVolumeSource s:
                Needs(path, findings, ("endpoints", s.Endpoints), ("path", s.Path));
                break;
            case GlusterfsPersistentVolumeSource s:
                Needs(path, findings, ("endpoints", s.Endpoints), ("path", s.Path));
                if (s.EndpointsNamespace is { } ns)
                    findings.Each($"{path}.endpointsNamespace", ns, NameRules.Dns1123Label(ns));
                break;
            case RBDVolumeSource s:
                Needs(path, findings, ("monitors", string.Concat(s.Monitors)), ("image", s.Image));
                break;
            case RBDPersistentVolumeSource s:
                Needs(path, findings, ("monitors", string.Concat(s.Monitors)), ("image", s.Image));
                break;
            case CephFSVolumeSource s:
                Needs(path, findings, ("monitors", string.Concat(s.Monitors)));
                break;
            case CephFSPersistentVolumeSource s:
                Needs(path, findings, ("monitors", string.Concat(s.Monitors)));
                break;
            case CinderVolumeSource s:
                Needs(path, findings, ("volumeID", s.VolumeID), ("secretRef.name", s.SecretRef?.Name ?? "-"));
                break;
            case CinderPersistentVolumeSource s:
                Needs(path, findings, ("volumeID", s.VolumeID), ("secretRef.name", s.SecretRef?.Name ?? "-"), ("secretRef.namespace", s.SecretRef?.Namespace ?? "-"));
                break;
            case FlexVolumeSource s:
                Flex(s.Driver, s.Options, path, findings);
                break;
            case FlexPersistentVolumeSource s:
                Flex(s.Driver, s.Options, path, findings);
                break;
            case AzureFileVolumeSource s:
                Needs(path, findings, ("secretName", s.SecretName), ("shareName", s.ShareName));
                break;
            case AzureFilePersistentVolumeSource s:
                Needs(path, findings, ("secretName", s.SecretName), ("shareName", s.ShareName), ("secretNamespace", s.SecretNamespace ?? "-"));
                break;
            case ScaleIOVolumeSource s:
                Needs(path, findings, ("gateway", s.Gateway), ("system", s.System), ("volumeName", s.VolumeName));
                break;
            case ScaleIOPersistentVolumeSource s:
                Needs(path, findings, ("gateway", s.Gateway), ("system", s.System), ("volumeName", s.VolumeName));
                break;
            case StorageOSVolumeSource s:
                StorageOS(s.VolumeName, s.VolumeNamespace, path, findings);
                Needs(path, findings, ("secretRef.name", s.SecretRef?.Name ?? "-"));
                break;
            case StorageOSPersistentVolumeSource s:
                StorageOS(s.VolumeName, s.VolumeNamespace, path, findings);
                Needs(path, findings, ("secretRef.name", s.SecretRef?.Name ?? "-"), ("secretRef.namespace", s.SecretRef?.Namespace ?? "-"));
                break;
            case VsphereVirtualDiskVolumeSource s:
                Needs(path, findings, ("volumePath", s.VolumePath));
                break;
            case PhotonPersistentDiskVolumeSource s:
                Needs(path, findings, ("pdID", s.PdID));
                break;
            case PortworxVolumeSource s:
                Needs(path, findings, ("volumeID", s.VolumeID));
                break;
            case QuobyteVolumeSource s:
                findings.Present($"{path}.registry", s.Registry, "must be a host:port pair or multiple pairs separated by commas");
                findings.Present($"{path}.volume", s.Volume);
                break;
            case FCVolumeSource s:
                FibreChannel(s, path, findings);
                break;
            case FlockerVolumeSource s:
                Flocker(s, path, findings);
                break;
            case AzureDiskVolumeSource s:
                AzureDisk(s, path, findings);
                break;
        }
    }

    private static void Needs(string path, Findings findings, params ReadOnlySpan<(string Field, string Value)> fields)
    {
        foreach (var (field, value) in fields)
            findings.Present($"{path}.{field}", value);
    }

    private static void Partition(int partition, string path, Findings findings)
    {
        if (partition is < 0 or > 255)
            findings.Invalid($"{path}.partition", partition, "must be between 1 and 255, inclusive");
    }

    private static void Flex(string driver, IReadOnlyDictionary<string, string> options, string path, Findings findings)
    {
        findings.Present($"{path}.driver", driver);
        foreach (var key in options.Keys.Order(StringComparer.Ordinal))
        {
            var domain = "." + key.Split('/', 2)[0].ToLowerInvariant();
            if (Reserved.Any(r => domain.EndsWith(r, StringComparison.Ordinal)))
                findings.Invalid($"{path}.options[{key}]", key, "kubernetes.io and k8s.io namespaces are reserved");
        }
    }

    private static void StorageOS(string name, string ns, string path, Findings findings)
    {
        if (name.Length == 0)
            findings.Required($"{path}.volumeName");
        else
            findings.Each($"{path}.volumeName", name, NameRules.Dns1123Label(name));
        if (ns.Length > 0)
            findings.Each($"{path}.volumeNamespace", ns, NameRules.Dns1123Label(ns));
    }

    private static void FibreChannel(FCVolumeSource fc, string path, Findings findings)
    {
        if (fc.TargetWWNs.Count == 0 && fc.Wwids.Count == 0)
            findings.Required($"{path}.targetWWNs", "must specify either targetWWNs or wwids, but not both");
        if (fc.TargetWWNs.Count > 0 && fc.Wwids.Count > 0)
            findings.Invalid($"{path}.targetWWNs", fc.TargetWWNs, "targetWWNs and wwids can not be specified simultaneously");
        if (fc.TargetWWNs.Count == 0)
            return;

        if (fc.Lun is null)
            findings.Required($"{path}.lun", "lun is required if targetWWNs is specified");
        else
            findings.InRange($"{path}.lun", fc.Lun, 0, 255);
    }

    private static void Flocker(FlockerVolumeSource flocker, string path, Findings findings)
    {
        if (flocker is { DatasetName: "", DatasetUUID: "" })
            findings.Required(path, "one of datasetName and datasetUUID is required");
        if (flocker is { DatasetName.Length: > 0, DatasetUUID.Length: > 0 })
            findings.Invalid(path, "resource", "datasetName and datasetUUID can not be specified simultaneously");
        if (flocker.DatasetName.Contains('/', StringComparison.Ordinal))
            findings.Invalid($"{path}.datasetName", flocker.DatasetName, "must not contain '/'");
    }

    private static void AzureDisk(AzureDiskVolumeSource disk, string path, Findings findings)
    {
        Needs(path, findings, ("diskName", disk.DiskName), ("diskURI", disk.DiskURI));
        findings.OptionalOneOf($"{path}.cachingMode", disk.CachingMode, "None", "ReadOnly", "ReadWrite");
        findings.OptionalOneOf($"{path}.kind", disk.Kind, "Dedicated", "Managed", "Shared");
        if (disk.Kind == "Managed" && !disk.DiskURI.StartsWith("/subscriptions/", StringComparison.Ordinal))
            findings.NotOneOf($"{path}.diskURI", disk.DiskURI, "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}");
        if (disk.Kind is not (null or "Managed") && !disk.DiskURI.StartsWith("https://", StringComparison.Ordinal))
            findings.NotOneOf($"{path}.diskURI", disk.DiskURI, "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd");
    }
}
