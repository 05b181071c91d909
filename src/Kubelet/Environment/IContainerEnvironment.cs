using KubeSharp.Kubelet.Cri;

namespace KubeSharp.Kubelet.Environment;

/// <summary>Everything of a container's configuration that depends on other objects: variables, command and arguments after expansion.</summary>
internal interface IContainerEnvironment
{
    /// <param name="podIps">The sandbox' addresses, for the downward API.</param>
    /// <exception cref="ContainerConfigException">A ConfigMap, Secret or key is missing; the container waits with <c>CreateContainerConfigError</c>.</exception>
    ValueTask<ContainerEnvironment> ResolveAsync(Pod pod, Objects.CoreV1.Container container, IReadOnlyList<string> podIps, CancellationToken ct);
}

/// <param name="Variables">In order, later ones overriding earlier ones already merged; service variables first.</param>
internal sealed record ContainerEnvironment(IReadOnlyList<KeyValue> Variables, IReadOnlyList<string> Command, IReadOnlyList<string> Args);

internal sealed class ContainerConfigException(string message) : Exception(message);
