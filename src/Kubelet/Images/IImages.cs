using KubeSharp.Kubelet.Cri;

namespace KubeSharp.Kubelet.Images;

/// <summary>Makes a container's image present by its pull policy, with upstream's events and back-off.</summary>
internal interface IImages
{
    /// <returns>What to create the container with, and what to report as its <c>imageID</c>.</returns>
    /// <exception cref="ImageException">The image is not here and cannot be had now; the container waits with that reason.</exception>
    Task<PresentImage> EnsureAsync(Pod pod, Objects.CoreV1.Container container, PodSandboxConfig sandbox, CancellationToken ct);
}

internal sealed record PresentImage(string Reference, string Id);

/// <param name="reason"><c>ErrImagePull</c>, <c>ImagePullBackOff</c>, <c>ErrImageNeverPull</c>, <c>InvalidImageName</c>.</param>
internal sealed class ImageException(string reason, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Reason { get; } = reason;
}
