using KubeSharp.Kubelet.Cri;
using KubeSharp.Linux.Files;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Kubelet.Images;

/// <summary>Removes images that no container uses when the disk gets full, those unused longest first.</summary>
/// <param name="imagesDir">A directory on the file system that holds the images.</param>
internal sealed partial class ImageCollector(
    IRuntime runtime, IRuntimeImages images, string imagesDir, string pauseImage, TimeProvider clock, ILogger<ImageCollector> log)
{
    private const int HighPercent = 85;
    private const int LowPercent = 80;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MinimumAge = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, (DateTimeOffset Detected, DateTimeOffset LastUsed)> _seen = [];

    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(ct))
        {
            try
            {
                var space = FileSystemSpace.Of(imagesDir);
                await CollectAsync(ToFree(space.TotalBytes, space.AvailableBytes), ct);
            }
            catch (Exception e) when (e is RuntimeException or IOException)
            {
                Failed(e);
            }
        }
    }

    /// <summary>How much must go; zero while the disk is not fuller than the upper threshold.</summary>
    internal static long ToFree(long total, long available) =>
        total > 0 && 100 - (available * 100 / total) >= HighPercent ? (total * (100 - LowPercent) / 100) - available : 0;

    /// <summary>Removes images until that many bytes are free, or all that may go are gone.</summary>
    internal async Task CollectAsync(long bytes, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var used = (await runtime.ListContainersAsync(new(), ct)).SelectMany(c => (string[])[c.ImageRef, c.Image?.Image ?? ""]).ToHashSet();
        var present = await images.ListImagesAsync(ct);
        foreach (var image in present)
        {
            var isUsed = used.Contains(image.Id) || image.RepoTags.Concat(image.RepoDigests).Any(used.Contains);
            var before = _seen.GetValueOrDefault(image.Id, (now, DateTimeOffset.MinValue));
            _seen[image.Id] = (before.Item1, isUsed ? now : before.Item2);
        }

        foreach (var gone in _seen.Keys.Except(present.Select(i => i.Id)).ToList())
            _seen.Remove(gone);
        if (bytes <= 0)
            return;

        var candidates = present.Where(i => !i.Pinned && !i.RepoTags.Contains(pauseImage))
            .Where(i => _seen[i.Id] is var (detected, last) && last != now && now - detected > MinimumAge)
            .OrderBy(i => _seen[i.Id].LastUsed).ThenBy(i => _seen[i.Id].Detected);
        foreach (var image in candidates)
        {
            if (bytes <= 0)
                return;

            Removing(image.RepoTags.FirstOrDefault(image.Id));
            await images.RemoveImageAsync(new() { Image = image.Id }, ct);
            bytes -= (long)image.Size;
        }

        if (bytes > 0)
            NotEnough(bytes);
    }

    [LoggerMessage(1, LogLevel.Information, "The disk is nearly full: removing image {Image}, which nothing uses")]
    private partial void Removing(string image);

    [LoggerMessage(2, LogLevel.Warning, "The disk is nearly full, and there are no unused images left to remove; {Bytes} bytes are missing")]
    private partial void NotEnough(long bytes);

    [LoggerMessage(3, LogLevel.Warning, "Looking for unused images failed; trying again in some minutes")]
    private partial void Failed(Exception e);
}
