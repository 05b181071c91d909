using KubeSharp.Kubelet.Volumes;
using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Privileged.Tests.Volumes;

/// <summary>There is no ConfigMap and no Secret.</summary>
internal sealed class NoReferences : IReferencedObjects
{
    public ValueTask<ConfigMap?> FindConfigMapAsync(Pod pod, string name, CancellationToken ct) => new((ConfigMap?)null);

    public ValueTask<Secret?> FindSecretAsync(Pod pod, string name, CancellationToken ct) => new((Secret?)null);

    public void Release(string podUid)
    {
        // It held nothing.
    }
}
