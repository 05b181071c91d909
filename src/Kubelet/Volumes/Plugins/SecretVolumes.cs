namespace KubeSharp.Kubelet.Volumes.Plugins;

/// <summary><c>secret</c>: its keys as files, in memory only.</summary>
internal sealed class SecretVolumes(IReferencedObjects objects, TimeProvider clock) : IVolumePlugin
{
    private const int UsualMode = 0b110_100_100;
    private const UnixFileMode Everybody = (UnixFileMode)0b111_111_111;

    public string Directory => "kubernetes.io~secret";

    public bool Serves(Volume volume) => volume.Secret is not null;

    public async Task<string> SetUpAsync(Pod pod, Volume volume, string directory, CancellationToken ct)
    {
        var source = volume.Secret ?? SecretVolumeSource.Empty;
        var secret = await objects.FindSecretAsync(pod, source.SecretName, ct);
        if (secret is null && source.Optional != true)
            throw new VolumeSetupException($"secret \"{source.SecretName}\" not found");

        var files = new Dictionary<string, ProjectedFile>(StringComparer.Ordinal);
        FileProjection.AddKeys(
            files, (secret ?? Secret.Empty).Data, source.Items, source.DefaultMode ?? UsualMode, FileProjection.Missing.Secret(source.Optional));
        TmpfsDirectory.Ensure(directory, Everybody, sizeBytes: null);
        new AtomicDirectory(directory, clock).Write(files, d => VolumeOwnership.Apply(d, pod.Spec.SecurityContext?.FsGroup, FileAccess.Read));
        return directory;
    }
}
