using KubeSharp.Kubelet.Volumes;
using KubeSharp.Machinery;
using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Kubelet.Tests.Volumes;

/// <summary>ConfigMaps and Secrets out of a test's hand.</summary>
internal sealed class FakeReferences : IReferencedObjects
{
    private readonly Dictionary<ObjectKey, ConfigMap> _configMaps = [];
    private readonly Dictionary<ObjectKey, Secret> _secrets = [];

    public HashSet<string> Released { get; } = [];

    public void Add(ConfigMap map) => _configMaps[ObjectKey.Of(map)] = map;

    public void Add(Secret secret) => _secrets[ObjectKey.Of(secret)] = secret;

    public ValueTask<ConfigMap?> FindConfigMapAsync(Pod pod, string name, CancellationToken ct) =>
        new(_configMaps.GetValueOrDefault(new(pod.Metadata.Namespace, name)));

    public ValueTask<Secret?> FindSecretAsync(Pod pod, string name, CancellationToken ct) =>
        new(_secrets.GetValueOrDefault(new(pod.Metadata.Namespace, name)));

    public void Release(string podUid) => Released.Add(podUid);
}
