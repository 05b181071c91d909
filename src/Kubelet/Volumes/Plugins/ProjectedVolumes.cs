using System.Text;

namespace KubeSharp.Kubelet.Volumes.Plugins;

/// <summary><c>projected</c>: tokens, ConfigMaps, Secrets and the downward API in one directory, in memory only.</summary>
internal sealed class ProjectedVolumes(IReferencedObjects objects, PodTokens tokens, DownwardNode node, TimeProvider clock) : IVolumePlugin
{
    private const int UsualMode = 0b110_100_100;
    private const int OwnerMode = 0b110_000_000;
    private const UnixFileMode Everybody = (UnixFileMode)0b111_111_111;

    public string Directory => "kubernetes.io~projected";

    public bool Serves(Volume volume) => volume.Projected is not null;

    public async Task<string> SetUpAsync(Pod pod, Volume volume, string directory, CancellationToken ct)
    {
        var source = volume.Projected ?? ProjectedVolumeSource.Empty;
        var mode = source.DefaultMode ?? UsualMode;
        var files = new Dictionary<string, ProjectedFile>(StringComparer.Ordinal);
        foreach (var projection in source.Sources)
        {
            if (projection.Secret is { } secret)
                await AddSecretAsync(files, pod, secret, mode, ct);
            else if (projection.ConfigMap is { } map)
                await AddConfigMapAsync(files, pod, map, mode, ct);
            else if (projection.DownwardAPI is { } downward)
                FileProjection.AddDownward(files, pod, downward.Items, mode, node);
            else if (projection.ServiceAccountToken is { } token)
                await AddTokenAsync(files, pod, token, mode, ct);
            else
                throw new VolumeSetupException("this node cannot project clusterTrustBundle and podCertificate sources");
        }

        TmpfsDirectory.Ensure(directory, Everybody, sizeBytes: null);
        new AtomicDirectory(directory, clock).Write(files, d => VolumeOwnership.Apply(d, pod.Spec.SecurityContext?.FsGroup, FileAccess.Read));
        return directory;
    }

    private async Task AddSecretAsync(Dictionary<string, ProjectedFile> files, Pod pod, SecretProjection source, int mode, CancellationToken ct)
    {
        var secret = await objects.FindSecretAsync(pod, source.Name, ct);
        if (secret is null && source.Optional != true)
            throw new VolumeSetupException($"secret \"{source.Name}\" not found");
        FileProjection.AddKeys(files, (secret ?? Secret.Empty).Data, source.Items, mode, FileProjection.Missing.Secret(source.Optional));
    }

    private async Task AddConfigMapAsync(Dictionary<string, ProjectedFile> files, Pod pod, ConfigMapProjection source, int mode, CancellationToken ct)
    {
        var map = await objects.FindConfigMapAsync(pod, source.Name, ct);
        if (map is null && source.Optional != true)
            throw new VolumeSetupException($"configmap \"{source.Name}\" not found");
        FileProjection.AddKeys(
            files, FileProjection.Entries(map ?? ConfigMap.Empty), source.Items, mode, FileProjection.Missing.ConfigMap(source.Optional));
    }

    private async Task AddTokenAsync(
        Dictionary<string, ProjectedFile> files, Pod pod, ServiceAccountTokenProjection source, int mode, CancellationToken ct)
    {
        var token = await tokens.GetAsync(pod, source.Audience, source.ExpirationSeconds ?? 3600, ct);
        var owner = OnlyUser(pod);
        if (owner is not null || pod.Spec.SecurityContext?.FsGroup is not null)
            mode = OwnerMode; // nobody else in the pod need read it; a group gets its right with fsGroup
        files[source.Path] = new(Encoding.ASCII.GetBytes(token), (UnixFileMode)mode, owner);
    }

    /// <summary>The user that every container of the pod runs as; <see langword="null"/> if they differ or do not say.</summary>
    private static uint? OnlyUser(Pod pod)
    {
        var users = pod.Spec.Containers.Concat(pod.Spec.InitContainers)
            .Select(c => c.SecurityContext?.RunAsUser ?? pod.Spec.SecurityContext?.RunAsUser).Distinct().ToList();
        return users is [{ } only] ? (uint)only : null;
    }
}
