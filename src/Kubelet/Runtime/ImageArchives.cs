using System.Globalization;
using KubeSharp.Kubelet.Cri;
using KubeSharp.Linux.Processes;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Kubelet.Runtime;

/// <summary>Imports the image archives that lie in a directory (<c>*.tar</c>, docker-archive or OCI), each once; and our pause image.</summary>
/// <remarks>CRI has no import, so containerd's own client does it.</remarks>
internal sealed partial class ImageArchives(
    ContainerdFiles files, string directory, IRuntimeImages images, ContainerdSupervisor containerd, ILogger<ImageArchives> log)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the archives hold.</summary>
    public ArchivedImages Names { get; } = new();

    /// <summary>Completes when every archive has been tried; pulls of absent images wait for it.</summary>
    public Task Done => _done.Task;

    /// <summary>Imports what is new, as soon as containerd answers. A broken archive is logged and passed over.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await containerd.Ready.WaitAsync(ct);
            await ImportPauseAsync(ct);
            await ImportArchivesAsync(ct);
        }
        finally
        {
            _done.TrySetResult();
        }
    }

    private async Task ImportPauseAsync(CancellationToken ct)
    {
        if (files.PauseImage != PauseImage.Name || await IsPresentAsync(ct))
            return;

        var archive = Path.Combine(files.RunDir, "pause.tar");
        await using (var output = File.Create(archive))
            PauseImage.WriteArchive(output);
        await ImportAsync(archive, ct);
        File.Delete(archive);
    }

    private async Task<bool> IsPresentAsync(CancellationToken ct)
    {
        try
        {
            return await images.FindImageAsync(new() { Image = PauseImage.Name }, ct) is not null;
        }
        catch (RuntimeException)
        {
            return false; // containerd died again; importing says so properly
        }
    }

    private async Task ImportArchivesAsync(CancellationToken ct)
    {
        if (!Directory.Exists(directory))
            return;

        var known = File.Exists(files.Imported) ? File.ReadLines(files.Imported).ToHashSet() : [];
        foreach (var archive in Directory.EnumerateFiles(directory, "*.tar").Order(StringComparer.Ordinal))
        {
            Names.Learn(archive);
            var mark = Mark(new(archive));
            if (!known.Contains(mark) && await ImportAsync(archive, ct))
                await File.AppendAllLinesAsync(files.Imported, [mark], ct);
        }
    }

    private static string Mark(FileInfo file) =>
        string.Create(CultureInfo.InvariantCulture, $"{file.Name} {file.Length} {file.LastWriteTimeUtc.Ticks}");

    private async Task<bool> ImportAsync(string archive, CancellationToken ct)
    {
        try
        {
            var result = await Command.RunAsync(
                Command.Find("ctr") ?? "ctr", ["--namespace", "k8s.io", "--address", files.Socket, "images", "import", archive], ct);
            if (result.ExitCode == 0)
            {
                Imported(archive);
                return true;
            }

            ImportFailed(null, archive, result.Errors.Trim());
        }
        catch (IOException e)
        {
            ImportFailed(e, archive, e.Message);
        }

        return false;
    }

    [LoggerMessage(1, LogLevel.Information, "Imported the images of {Archive}")]
    private partial void Imported(string archive);

    [LoggerMessage(2, LogLevel.Error, "The images of {Archive} cannot be imported: {Reason}")]
    private partial void ImportFailed(Exception? e, string archive, string reason);
}
