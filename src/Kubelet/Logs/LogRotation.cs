using System.Globalization;
using System.IO.Compression;
using KubeSharp.Kubelet.Cri;
using KubeSharp.Linux.Files;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Kubelet.Logs;

/// <summary>Keeps the logs of running containers from filling the disk: renames one that is too long, and deletes the oldest.</summary>
/// <remarks><c>0.log</c> is the current one, <c>0.log.20060102-150405</c> the one before, older ones end in <c>.gz</c>.</remarks>
internal sealed partial class LogRotation(
    IPods pods, IRuntime runtime, long maxBytes, int maxFiles, TimeProvider clock, ILogger<LogRotation> log)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(ct))
        {
            foreach (var pod in pods.All)
            {
                foreach (var name in pod.Spec.Containers.Concat(pod.Spec.InitContainers).Select(c => c.Name))
                    await TryRotateAsync(pod, name, ct);
            }
        }
    }

    private async Task TryRotateAsync(Pod pod, string container, CancellationToken ct)
    {
        try
        {
            if (pods.LogPath(pod, container, isPrevious: false) is { } path && FileStatus.Of(path)?.Length > maxBytes
                && pods.ContainerId(pod, container, isPrevious: false) is { } id
                && await runtime.FindContainerAsync(id, ct) is { State: Cri.ContainerState.ContainerRunning })
            {
                await RotateAsync(path, c => runtime.ReopenContainerLogAsync(id, c), ct);
            }
        }
        catch (Exception e) when (e is RuntimeException or IOException or UnauthorizedAccessException)
        {
            Failed(e, pod.Metadata.Namespace, pod.Metadata.Name, container);
        }
    }

    /// <param name="reopen">Makes the writer go on in a new file of the old name.</param>
    internal async Task RotateAsync(string path, Func<CancellationToken, Task> reopen, CancellationToken ct)
    {
        foreach (var leftover in Rotated(path).Where(f => f.EndsWith(".tmp", StringComparison.Ordinal)))
            File.Delete(leftover);

        // Room for the current file and the one that is about to be renamed.
        var older = Rotated(path);
        foreach (var oldest in older.Take(Math.Max(0, older.Count - (maxFiles - 2))))
            File.Delete(oldest);
        foreach (var plain in older.Where(o => !o.EndsWith(".gz", StringComparison.Ordinal) && File.Exists(o)))
            await CompressAsync(plain, ct);

        var renamed = $"{path}.{clock.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}";
        File.Move(path, renamed, overwrite: false);
        try
        {
            await reopen(ct);
        }
        catch (RuntimeException)
        {
            if (!File.Exists(path))
                File.Move(renamed, path); // the runtime still writes there; better a long log than a lost one
            throw;
        }
    }

    /// <summary>The files beside the current log, the oldest first. Compared by hand: to .NET's wildcards <c>0.log.*</c> is the current log too.</summary>
    private static List<string> Rotated(string path) =>
    [
        .. Directory.EnumerateFiles(Path.GetDirectoryName(path) ?? "/")
            .Where(f => Path.GetFileName(f).StartsWith(Path.GetFileName(path) + ".", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    private static async Task CompressAsync(string path, CancellationToken ct)
    {
        var part = path + ".tmp";
        await using (var input = File.OpenRead(path))
        await using (var output = new GZipStream(File.Create(part), CompressionLevel.Fastest))
            await input.CopyToAsync(output, ct);
        File.Move(part, path + ".gz", overwrite: true);
        File.Delete(path);
    }

    [LoggerMessage(1, LogLevel.Warning, "The log of container {Container} of Pod {Namespace}/{Name} cannot be rotated")]
    private partial void Failed(Exception e, string @namespace, string name, string container);
}
