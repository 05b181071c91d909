using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Pods;

/// <summary>A pod's volumes: one source each, and what each source needs.</summary>
internal sealed class VolumeRules(PodSpecRules pod)
{
    /// <returns>The volumes without fault: only those can be mounted, so that one fault is not told twice.</returns>
    public Dictionary<string, Volume> Validate()
    {
        var sound = new Dictionary<string, Volume>();
        for (var i = 0; i < pod.Spec.Volumes.Count; i++)
        {
            var volume = pod.Spec.Volumes[i];
            var findings = new Findings();
            var path = $"{pod.Path}.volumes[{i}]";
            Source(volume, path, findings);
            if (volume.Name.Length == 0)
                findings.Required($"{path}.name");
            else
                findings.Each($"{path}.name", volume.Name, NameRules.Dns1123Label(volume.Name));
            if (sound.ContainsKey(volume.Name))
                findings.Duplicate($"{path}.name", volume.Name);

            if (findings.Any)
                pod.Findings.AddRange(findings.Errors);
            else
                sound.Add(volume.Name, volume);
        }

        return sound;
    }

    private void Source(Volume v, string path, Findings findings)
    {
        var sources = new AlternativeFields(findings, path, "may not specify more than 1 volume type");
        if (sources.Takes("emptyDir", v.EmptyDir) && v.EmptyDir!.SizeLimit is { Sign: < 0 })
            findings.Forbidden($"{path}.emptyDir.sizeLimit", "SizeLimit field must be a valid resource quantity");
        if (sources.Takes("hostPath", v.HostPath))
            HostPath(v.HostPath!, $"{path}.hostPath", findings);
        if (sources.Takes("gitRepo", v.GitRepo) && v.GitRepo!.Repository.Length == 0)
            findings.Required($"{path}.gitRepo.repository");
        if (sources.Takes("secret", v.Secret))
            Files(v.Secret!.SecretName, $"{path}.secret", "secretName", v.Secret.DefaultMode, v.Secret.Items, findings);
        if (sources.Takes("nfs", v.Nfs))
            Nfs(v.Nfs!, $"{path}.nfs", findings);
        if (sources.Takes("iscsi", v.Iscsi))
            Iscsi(v.Iscsi!, $"{path}.iscsi", findings);
        if (sources.Takes("persistentVolumeClaim", v.PersistentVolumeClaim) && v.PersistentVolumeClaim!.ClaimName.Length == 0)
            findings.Required($"{path}.persistentVolumeClaim.claimName");
        if (sources.Takes("downwardAPI", v.DownwardAPI))
            Downward(v.DownwardAPI!, $"{path}.downwardAPI", findings);
        if (sources.Takes("configMap", v.ConfigMap))
            Files(v.ConfigMap!.Name, $"{path}.configMap", "name", v.ConfigMap.DefaultMode, v.ConfigMap.Items, findings);
        if (sources.Takes("projected", v.Projected))
            new ProjectionRules(v.Projected!, $"{path}.projected", findings).Validate();
        if (sources.Takes("csi", v.Csi))
            Csi(v.Csi!, $"{path}.csi", findings);
        if (sources.Takes("ephemeral", v.Ephemeral))
            Ephemeral(v, path, findings);
        if (sources.Takes("image", v.Image) && pod.IsPod && v.Image!.Reference.Length == 0)
            findings.Required($"{path}.image.reference");
        foreach (var (field, source, needed) in Remote(v))
        {
            foreach (var (name, _) in sources.Takes(field, source) ? needed.Where(n => n.Value.Length == 0) : [])
                findings.Required($"{path}.{field}.{name}");
        }

        if (sources.Count == 0)
            findings.Required(path, "must specify a volume type");
    }

    /// <summary>Storage behind drivers of old, which CSI drivers have taken over: with each, the fields it cannot do without.</summary>
    private static IEnumerable<(string Field, object? Source, (string Field, string Value)[] Needed)> Remote(Volume v) =>
    [
        ("gcePersistentDisk", v.GcePersistentDisk, [("pdName", v.GcePersistentDisk?.PdName ?? "")]),
        ("awsElasticBlockStore", v.AwsElasticBlockStore, [("volumeID", v.AwsElasticBlockStore?.VolumeID ?? "")]),
        ("glusterfs", v.Glusterfs, [("endpoints", v.Glusterfs?.Endpoints ?? ""), ("path", v.Glusterfs?.Path ?? "")]),
        ("flocker", v.Flocker, []),
        ("rbd", v.Rbd, [("monitors", string.Concat(v.Rbd?.Monitors ?? [])), ("image", v.Rbd?.Image ?? "")]),
        ("cinder", v.Cinder, [("volumeID", v.Cinder?.VolumeID ?? "")]),
        ("cephfs", v.Cephfs, [("monitors", string.Concat(v.Cephfs?.Monitors ?? []))]),
        ("quobyte", v.Quobyte, [("volume", v.Quobyte?.Volume ?? "")]),
        ("fc", v.Fc, []),
        ("flexVolume", v.FlexVolume, [("driver", v.FlexVolume?.Driver ?? "")]),
        ("azureFile", v.AzureFile, [("secretName", v.AzureFile?.SecretName ?? ""), ("shareName", v.AzureFile?.ShareName ?? "")]),
        ("vsphereVolume", v.VsphereVolume, [("volumePath", v.VsphereVolume?.VolumePath ?? "")]),
        ("photonPersistentDisk", v.PhotonPersistentDisk, [("pdID", v.PhotonPersistentDisk?.PdID ?? "")]),
        ("portworxVolume", v.PortworxVolume, [("volumeID", v.PortworxVolume?.VolumeID ?? "")]),
        ("azureDisk", v.AzureDisk, [("diskName", v.AzureDisk?.DiskName ?? ""), ("diskURI", v.AzureDisk?.DiskURI ?? "")]),
        ("storageos", v.Storageos, []),
        ("scaleIO", v.ScaleIO, [("gateway", v.ScaleIO?.Gateway ?? ""), ("system", v.ScaleIO?.System ?? ""), ("volumeName", v.ScaleIO?.VolumeName ?? "")]),
    ];

    private static void HostPath(HostPathVolumeSource host, string path, Findings findings)
    {
        if (host.Path.Length == 0)
        {
            findings.Required($"{path}.path");
            return;
        }

        findings.NoBacksteps($"{path}.path", host.Path);
        findings.OptionalOneOf($"{path}.type", host.Type, "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket");
    }

    private static void Files(string name, string path, string nameField, int? mode, IReadOnlyList<KeyToPath> items, Findings findings)
    {
        if (name.Length == 0)
            findings.Required($"{path}.{nameField}");
        findings.FileMode($"{path}.defaultMode", mode);
        for (var i = 0; i < items.Count; i++)
            ProjectionRules.Item(items[i], $"{path}.items[{i}]", findings);
    }

    private static void Nfs(NFSVolumeSource nfs, string path, Findings findings)
    {
        if (nfs.Server.Length == 0)
            findings.Required($"{path}.server");
        if (nfs.Path.Length == 0)
            findings.Required($"{path}.path");
        if (!nfs.Path.StartsWith('/'))
            findings.Invalid($"{path}.path", nfs.Path, "must be an absolute path");
    }

    private static void Iscsi(ISCSIVolumeSource iscsi, string path, Findings findings)
    {
        if (iscsi.TargetPortal.Length == 0)
            findings.Required($"{path}.targetPortal");
        if (iscsi.Iqn.Length == 0)
            findings.Required($"{path}.iqn");
        else if (!new[] { "iqn", "eui", "naa" }.Any(p => iscsi.Iqn.StartsWith(p, StringComparison.Ordinal)))
            findings.Invalid($"{path}.iqn", iscsi.Iqn, "must be valid format starting with iqn, eui, or naa");
        findings.InRange($"{path}.lun", iscsi.Lun, 0, 255);
        if ((iscsi.ChapAuthDiscovery || iscsi.ChapAuthSession) && iscsi.SecretRef is null)
            findings.Required($"{path}.secretRef");
    }

    private static void Downward(DownwardAPIVolumeSource downward, string path, Findings findings)
    {
        findings.FileMode($"{path}.defaultMode", downward.DefaultMode);
        foreach (var file in downward.Items)
            ProjectionRules.File(file, path, findings);
    }

    private static void Csi(CSIVolumeSource csi, string path, Findings findings)
    {
        if (csi.Driver.Length == 0)
            findings.Required($"{path}.driver");
        if (csi.Driver.Length > NameRules.MaxLabel)
            findings.TooLong($"{path}.driver", NameRules.MaxLabel);
        findings.Each($"{path}.driver", csi.Driver, NameRules.Dns1123Subdomain(csi.Driver.ToLowerInvariant()));
        if (csi.NodePublishSecretRef is { Name: "" })
            findings.Required($"{path}.nodePublishSecretRef.name");
    }

    private void Ephemeral(Volume volume, string path, Findings findings)
    {
        if (volume.Ephemeral?.VolumeClaimTemplate is not { } template)
        {
            findings.Required($"{path}.ephemeral.volumeClaimTemplate");
            return;
        }

        var spec = $"{path}.ephemeral.volumeClaimTemplate.spec";
        if (template.Spec.AccessModes.Count == 0)
            findings.Required($"{spec}.accessModes", "at least 1 access mode is required");
        if (!template.Spec.Resources.Requests.ContainsKey("storage"))
            findings.Required($"{spec}.resources[storage]");

        // The claim is named after pod and volume.
        if (pod.Pod is { Name.Length: > 0 } metadata && volume.Name.Length > 0)
        {
            var claim = $"{metadata.Name}-{volume.Name}";
            foreach (var problem in NameRules.Dns1123Subdomain(claim))
                findings.Invalid($"{path}.ephemeral.name", volume.Name, $"PVC name \"{claim}\": {problem}");
        }
    }
}
