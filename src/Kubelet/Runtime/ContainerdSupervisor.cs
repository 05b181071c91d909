using KubeSharp.Kubelet.Cri;
using KubeSharp.Linux.Files;
using KubeSharp.Linux.Processes;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Kubelet.Runtime;

/// <summary>Keeps a containerd of our own running: starts it, adopts one that an earlier kubesharp started, starts it again when it dies.</summary>
/// <remarks>
/// containerd runs in a session of its own and outlives us, however we end: pods do not notice a restart of kubesharp. Only
/// <see cref="StopAsync"/> ends it, and containers outlive that too, because their shims do.
/// </remarks>
internal sealed partial class ContainerdSupervisor(ContainerdFiles files, TimeProvider clock, ILogger<ContainerdSupervisor> log)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerDirectory = OwnerOnly | UnixFileMode.UserExecute;
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when containerd has answered for the first time.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Runs until cancelled, and leaves containerd running then.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var backoff = new Backoff(FirstBackoff, LongestBackoff, clock);
        var isFailing = false;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                using var process = await AdoptOrStartAsync(ct);
                await WaitForAnswerAsync(process, ct);
                Answers(process.Identity.Pid, files.Socket);
                (_, isFailing) = (_ready.TrySetResult(), false);
                await process.WaitForExitAsync(ct);
                Died(process.Identity.Pid, files.Log);
            }
            catch (IOException e) when (!ct.IsCancellationRequested)
            {
                if (!isFailing)
                    CannotStart(e, files.Log);
                isFailing = true;
            }

            await backoff.WaitAsync(ct);
        }
    }

    /// <summary>Ends containerd, whoever started it; containers go on. Not running is no error.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        using var process = Adopt();
        if (process is null)
            return;

        process.Send(Linux.Processes.Signal.Terminate);
        using var grace = new CancellationTokenSource(StopGrace, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(grace.Token, ct);
        try
        {
            await process.WaitForExitAsync(both.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            process.Send(Linux.Processes.Signal.Kill);
            await process.WaitForExitAsync(ct);
        }

        File.Delete(files.PidFile);
    }

    /// <summary>The process that the pid file names, if it is still that process.</summary>
    private ProcessHandle? Adopt() =>
        File.Exists(files.PidFile) && ProcessIdentity.Parse(File.ReadAllText(files.PidFile)) is { } identity ? ProcessHandle.Open(identity) : null;

    private async Task<ProcessHandle> AdoptOrStartAsync(CancellationToken ct)
    {
        if (Adopt() is { } running)
        {
            if (File.Exists(files.Config) && await File.ReadAllTextAsync(files.Config, ct) == files.Toml())
            {
                Adopted(running.Identity.Pid);
                return running;
            }

            // It runs by another configuration than ours: containers do not mind its restart.
            running.Dispose();
            await StopAsync(ct);
        }

        var program = Command.Find("containerd") ?? throw new IOException("containerd is not installed (package containerd), or not in PATH");
        foreach (var directory in (string[])[files.DataDir, files.RunDir, files.RegistryConfig, files.CniConfDir])
            Directory.CreateDirectory(directory, OwnerDirectory);
        DurableFile.Write(files.Config, System.Text.Encoding.UTF8.GetBytes(files.Toml()), OwnerOnly);

        // Its own child processes must not see systemd's socket of the unit we run in.
        var identity = DetachedProcess.Start(program, ["--config", files.Config], new Dictionary<string, string> { ["NOTIFY_SOCKET"] = "" }, files.Log);
        DurableFile.Write(files.PidFile, System.Text.Encoding.UTF8.GetBytes(identity.ToString()), OwnerOnly);
        return ProcessHandle.Open(identity) ?? throw new IOException($"containerd ended at once; its output is in {files.Log}");
    }

    /// <summary>A start takes a fraction of a second, and more when there are many containers to load.</summary>
    private async Task WaitForAnswerAsync(ProcessHandle process, CancellationToken ct)
    {
        using var client = new CriClient(files.Endpoint, clock);
        using var limit = new CancellationTokenSource(StartLimit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        for (var wait = TimeSpan.FromMilliseconds(20); ; wait = wait < TimeSpan.FromSeconds(1) ? wait * 1.5 : wait)
        {
            try
            {
                await client.VersionAsync(both.Token);
                return;
            }
            catch (RuntimeException e) when (!process.Identity.IsAlive)
            {
                throw new IOException($"containerd ended while starting; its output is in {files.Log}", e);
            }
            catch (RuntimeException)
            {
                await DelayOrGiveUpAsync(wait, both.Token, ct);
            }
            catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
            {
                throw new IOException($"containerd (pid {process.Identity.Pid}) does not answer on {files.Socket}", e);
            }
        }
    }

    private async Task DelayOrGiveUpAsync(TimeSpan wait, CancellationToken limit, CancellationToken ct)
    {
        try
        {
            await Task.Delay(wait, clock, limit);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new IOException($"containerd does not answer on {files.Socket}", e);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "containerd (pid {Pid}) answers on {Socket}")]
    private partial void Answers(int pid, string socket);

    [LoggerMessage(2, LogLevel.Information, "Adopting the containerd that already runs (pid {Pid})")]
    private partial void Adopted(int pid);

    [LoggerMessage(3, LogLevel.Warning, "containerd (pid {Pid}) ended; starting it again, containers go on. Its output is in {Path}")]
    private partial void Died(int pid, string path);

    [LoggerMessage(4, LogLevel.Error, "containerd cannot be started; trying again until it can. Its output is in {Path}")]
    private partial void CannotStart(Exception e, string path);
}
