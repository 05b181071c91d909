using KubeSharp.ApiServer.Verbs;

namespace KubeSharp.ApiServer.Admission;

/// <summary>Gives each pod an account, and the account's credentials as a volume (token, CA, namespace).</summary>
internal sealed class ServiceAccountAdmission(IObjects objects, Chance chance) : IAdmission
{
    private const string VolumePrefix = "kube-api-access-";
    private const string MountPath = "/var/run/secrets/kubernetes.io/serviceaccount";
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";

    /// <summary>An hour and seven seconds: whoever sees it in a pod knows that nobody asked for it by hand (upstream).</summary>
    private const long TokenSeconds = 3607;

    public async ValueTask AdmitAsync(AdmissionRequest request, CancellationToken ct)
    {
        if (request.Posted<Pod>(AdmissionVerb.Create) is not { } pod)
            return;

        if (pod.Metadata.Annotations.ContainsKey(MirrorAnnotation))
        {
            CheckMirror(request, pod);
            return;
        }

        var name = pod.Spec.ServiceAccountName is { Length: > 0 } given ? given : pod.Spec.ServiceAccount is { Length: > 0 } old ? old : "default";
        var key = new ObjectKey(request.Key.Namespace, name);
        var account = await objects.FindAsync<ServiceAccount>(key, ct)
            ?? throw request.Forbidden($"error looking up service account {key}: serviceaccount \"{name}\" not found");

        var spec = pod.Spec with { ServiceAccountName = name, ServiceAccount = name };
        if (spec.ImagePullSecrets.Count == 0)
            spec = spec with { ImagePullSecrets = account.ImagePullSecrets };
        if (spec.AutomountServiceAccountToken ?? account.AutomountServiceAccountToken ?? true)
            spec = WithCredentials(spec);
        request.Object = pod with { Spec = spec };
    }

    private static void CheckMirror(AdmissionRequest request, Pod pod)
    {
        if (pod.Spec.ServiceAccountName.Length > 0)
            throw request.Forbidden("a mirror pod may not reference service accounts");
        if (pod.Spec.Volumes.Any(v => v.Projected?.Sources.Any(s => s.ServiceAccountToken is not null) == true))
            throw request.Forbidden("a mirror pod may not use ServiceAccountToken volume projections");
    }

    private PodSpec WithCredentials(PodSpec spec)
    {
        var isMissing = spec.Containers.Concat(spec.InitContainers).Any(c => !IsMounted(c));
        if (!isMissing)
            return spec;

        var known = spec.Volumes.FirstOrDefault(v => v.Name.StartsWith(VolumePrefix, StringComparison.Ordinal));
        var name = known?.Name ?? VolumePrefix + chance.Suffix();
        var mount = new VolumeMount { Name = name, ReadOnly = true, MountPath = MountPath };
        return spec with
        {
            Volumes = known is null ? [.. spec.Volumes, Volume(name)] : spec.Volumes,
            Containers = [.. spec.Containers.Select(Mounted)],
            InitContainers = [.. spec.InitContainers.Select(Mounted)],
        };

        Container Mounted(Container c) => IsMounted(c) ? c : c with { VolumeMounts = [.. c.VolumeMounts, mount] };
    }

    private static bool IsMounted(Container container) => container.VolumeMounts.Any(m => m.MountPath == MountPath);

    private static Volume Volume(string name) => new()
    {
        Name = name,
        Projected = new()
        {
            DefaultMode = 420,
            Sources =
            [
                new() { ServiceAccountToken = new() { ExpirationSeconds = TokenSeconds, Path = "token" } },
                new() { ConfigMap = new() { Name = "kube-root-ca.crt", Items = [new() { Key = "ca.crt", Path = "ca.crt" }] } },
                new() { DownwardAPI = new() { Items = [new() { Path = "namespace", FieldRef = new() { ApiVersion = "v1", FieldPath = "metadata.namespace" } }] } },
            ],
        },
    };
}
