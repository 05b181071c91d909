using KubeSharp.Client;

namespace KubeSharp.Kubelet.Volumes.Plugins;

/// <summary><c>persistentVolumeClaim</c> and <c>ephemeral</c>, bound to a volume that is a path of this node.</summary>
internal sealed class ClaimVolumes(IClient client) : IVolumePlugin
{
    public string Directory => "kubernetes.io~local-volume";

    public bool Serves(Volume volume) => volume.PersistentVolumeClaim is not null || volume.Ephemeral is not null;

    public async Task<string> SetUpAsync(Pod pod, Volume volume, string directory, CancellationToken ct)
    {
        var name = volume.PersistentVolumeClaim?.ClaimName ?? $"{pod.Metadata.Name}-{volume.Name}";
        var claim = await client.FindAsync<PersistentVolumeClaim>(new(pod.Metadata.Namespace, name), ct)
            ?? throw new VolumeSetupException($"persistentvolumeclaim \"{name}\" not found");
        if (claim.Status.Phase != "Bound" || claim.Spec.VolumeName.Length == 0)
            throw new VolumeSetupException($"PVC {pod.Metadata.Namespace}/{name} is not bound");
        if (volume.Ephemeral is not null && claim.Metadata.Controller()?.Uid != pod.Metadata.Uid)
            throw new VolumeSetupException($"PVC {pod.Metadata.Namespace}/{name} was not created for pod {pod.Metadata.Namespace}/{pod.Metadata.Name} (pod is not owner)");

        var persistent = await client.FindAsync<PersistentVolume>(new("", claim.Spec.VolumeName), ct)
            ?? throw new VolumeSetupException($"persistentvolume \"{claim.Spec.VolumeName}\" not found");
        if (persistent.Spec.ClaimRef?.Uid != claim.Metadata.Uid)
            throw new VolumeSetupException($"PVC {pod.Metadata.Namespace}/{name} has lost its volume: PV {claim.Spec.VolumeName} is bound to another claim");

        if (persistent.Spec.HostPath is { } host)
        {
            HostPathVolumes.Check(host.Path, host.Type ?? "");
            return host.Path;
        }

        if (persistent.Spec.Local is { } local)
        {
            if (!Path.Exists(local.Path))
                throw new VolumeSetupException($"path \"{local.Path}\" does not exist");
            VolumeOwnership.Apply(local.Path, pod.Spec.SecurityContext?.FsGroup, FileAccess.ReadWrite);
            return local.Path;
        }

        throw new VolumeSetupException("no volume plugin matched");
    }
}
