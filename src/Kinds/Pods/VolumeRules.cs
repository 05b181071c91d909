using KubeSharp.Kinds.Rules;
using KubeSharp.Kinds.Storage;

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
        foreach (var (field, source) in Remote(v))
        {
            if (sources.Takes(field, source))
                RemoteVolumeRules.Validate(source!, $"{path}.{field}", findings);
        }

        if (sources.Count == 0)
            findings.Required(path, "must specify a volume type");
    }

    private static IEnumerable<(string Field, object? Source)> Remote(Volume v) =>
    [
        ("gcePersistentDisk", v.GcePersistentDisk), ("awsElasticBlockStore", v.AwsElasticBlockStore), ("glusterfs", v.Glusterfs), ("flocker", v.Flocker),
        ("rbd", v.Rbd), ("cinder", v.Cinder), ("cephfs", v.Cephfs), ("quobyte", v.Quobyte), ("fc", v.Fc), ("flexVolume", v.FlexVolume),
        ("azureFile", v.AzureFile), ("vsphereVolume", v.VsphereVolume), ("photonPersistentDisk", v.PhotonPersistentDisk),
        ("portworxVolume", v.PortworxVolume), ("azureDisk", v.AzureDisk), ("storageos", v.Storageos), ("scaleIO", v.ScaleIO),
    ];

    public static void HostPath(HostPathVolumeSource host, string path, Findings findings)
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

    public static void Nfs(NFSVolumeSource nfs, string path, Findings findings)
    {
        if (nfs.Server.Length == 0)
            findings.Required($"{path}.server");
        if (nfs.Path.Length == 0)
            findings.Required($"{path}.path");
        if (!nfs.Path.StartsWith('/'))
            findings.Invalid($"{path}.path", nfs.Path, "must be an absolute path");
    }

    public static void Iscsi(ISCSIVolumeSource iscsi, string path, Findings findings)
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
        findings.DriverName($"{path}.driver", csi.Driver);
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

        ClaimSpecRules.Validate(template.Spec, $"{path}.ephemeral.volumeClaimTemplate.spec", findings);

        // The claim is named after pod and volume.
        if (pod.Pod is { Name.Length: > 0 } metadata && volume.Name.Length > 0)
        {
            var claim = $"{metadata.Name}-{volume.Name}";
            foreach (var problem in NameRules.Dns1123Subdomain(claim))
                findings.Invalid($"{path}.ephemeral.name", volume.Name, $"PVC name \"{claim}\": {problem}");
        }
    }
}
