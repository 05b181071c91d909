namespace KubeSharp.Kubelet.Volumes.Plugins;

/// <summary><c>downwardAPI</c>: what the pod may know of itself, as files.</summary>
internal sealed class DownwardApiVolumes(DownwardNode node, TimeProvider clock) : IVolumePlugin
{
    private const int UsualMode = 0b110_100_100;

    public string Directory => "kubernetes.io~downward-api";

    public bool Serves(Volume volume) => volume.DownwardAPI is not null;

    public Task<string> SetUpAsync(Pod pod, Volume volume, string directory, CancellationToken ct)
    {
        var source = volume.DownwardAPI ?? DownwardAPIVolumeSource.Empty;
        var files = new Dictionary<string, ProjectedFile>(StringComparer.Ordinal);
        FileProjection.AddDownward(files, pod, source.Items, source.DefaultMode ?? UsualMode, node);
        System.IO.Directory.CreateDirectory(directory);
        new AtomicDirectory(directory, clock).Write(files, d => VolumeOwnership.Apply(d, pod.Spec.SecurityContext?.FsGroup, FileAccess.Read));
        return Task.FromResult(directory);
    }
}
