namespace KubeSharp.Kubelet.Cri;

internal sealed partial class CriClient
{
    public async Task<IReadOnlyList<Image>> ListImagesAsync(CancellationToken ct) =>
        (await CallAsync(o => _images.ListImagesAsync(new(), o), ct)).Images;

    public async Task<Image?> FindImageAsync(ImageSpec image, CancellationToken ct) =>
        (await FindAsync(o => _images.ImageStatusAsync(new() { Image = image }, o), ct))?.Image;

    public async Task<string> PullImageAsync(ImageSpec image, AuthConfig? auth, PodSandboxConfig sandbox, CancellationToken ct)
    {
        var request = new PullImageRequest { Image = image, Auth = auth, SandboxConfig = sandbox };
        return (await CallAsync(o => _images.PullImageAsync(request, o), Timeout.InfiniteTimeSpan, ct)).ImageRef;
    }

    public Task RemoveImageAsync(ImageSpec image, CancellationToken ct) =>
        FindAsync(o => _images.RemoveImageAsync(new() { Image = image }, o), ct);

    public Task<ImageFsInfoResponse> ImageFsInfoAsync(CancellationToken ct) => CallAsync(o => _images.ImageFsInfoAsync(new(), o), ct);
}
