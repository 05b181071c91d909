using KubeSharp.Client;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Kubelet.Volumes;

/// <inheritdoc cref="IReferencedObjects"/>
internal sealed class ReferencedObjects : IReferencedObjects, IAsyncDisposable
{
    private readonly WatchedObjects<ConfigMap> _configMaps;
    private readonly WatchedObjects<Secret> _secrets;

    public ReferencedObjects(IClient client, TimeProvider clock, ILogger<ReferencedObjects> log)
    {
        _configMaps = new(client, uid => Changed?.Invoke(uid), clock, log);
        _secrets = new(client, uid => Changed?.Invoke(uid), clock, log);
    }

    /// <summary>Something that a pod refers to is not what it was; the argument is the pod's UID.</summary>
    public event Action<string>? Changed;

    public ValueTask<ConfigMap?> FindConfigMapAsync(Pod pod, string name, CancellationToken ct) =>
        _configMaps.FindAsync(new(pod.Metadata.Namespace, name), pod.Metadata.Uid, ct);

    public ValueTask<Secret?> FindSecretAsync(Pod pod, string name, CancellationToken ct) =>
        _secrets.FindAsync(new(pod.Metadata.Namespace, name), pod.Metadata.Uid, ct);

    public void Release(string podUid)
    {
        _configMaps.Release(podUid);
        _secrets.Release(podUid);
    }

    public async ValueTask DisposeAsync()
    {
        await _configMaps.DisposeAsync();
        await _secrets.DisposeAsync();
    }
}
