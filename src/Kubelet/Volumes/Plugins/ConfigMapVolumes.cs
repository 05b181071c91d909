namespace KubeSharp.Kubelet.Volumes.Plugins;

/// <summary><c>configMap</c>: its keys as files.</summary>
internal sealed class ConfigMapVolumes(IReferencedObjects objects, TimeProvider clock) : IVolumePlugin
{
    private const int UsualMode = 0b110_100_100;

    public string Directory => "kubernetes.io~configmap";

    public bool Serves(Volume volume) => volume.ConfigMap is not null;

    public async Task<string> SetUpAsync(Pod pod, Volume volume, string directory, CancellationToken ct)
    {
        var source = volume.ConfigMap ?? ConfigMapVolumeSource.Empty;
        var map = await objects.FindConfigMapAsync(pod, source.Name, ct);
        if (map is null && source.Optional != true)
            throw new VolumeSetupException($"configmap \"{source.Name}\" not found");

        var files = new Dictionary<string, ProjectedFile>(StringComparer.Ordinal);
        FileProjection.AddKeys(
            files, FileProjection.Entries(map ?? ConfigMap.Empty), source.Items, source.DefaultMode ?? UsualMode, FileProjection.Missing.ConfigMap(source.Optional));
        System.IO.Directory.CreateDirectory(directory);
        new AtomicDirectory(directory, clock).Write(files, d => VolumeOwnership.Apply(d, pod.Spec.SecurityContext?.FsGroup, FileAccess.Read));
        return directory;
    }
}
