namespace KubeSharp.Kubelet.Cri;

/// <summary>The images on this node.</summary>
/// <remarks>Errors as in <see cref="IRuntime"/>.</remarks>
internal interface IRuntimeImages
{
    Task<IReadOnlyList<Image>> ListImagesAsync(CancellationToken ct);

    /// <returns><see langword="null"/> if the image is not here.</returns>
    Task<Image?> FindImageAsync(ImageSpec image, CancellationToken ct);

    /// <summary>Fetches an image. There is no deadline: only the caller knows how long a pull may take.</summary>
    /// <param name="auth"><see langword="null"/>: anonymously.</param>
    /// <returns>The reference to create containers with.</returns>
    Task<string> PullImageAsync(ImageSpec image, AuthConfig? auth, PodSandboxConfig sandbox, CancellationToken ct);

    /// <summary>Removes the image with all its names; no error if it is not here.</summary>
    Task RemoveImageAsync(ImageSpec image, CancellationToken ct);

    Task<ImageFsInfoResponse> ImageFsInfoAsync(CancellationToken ct);
}
