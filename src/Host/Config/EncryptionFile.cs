using KubeSharp.ApiServer.Encryption;
using KubeSharp.Host.Pki;
using KubeSharp.Linux.Files;
using KubeSharp.Store;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Host.Config;

/// <summary>The <c>EncryptionConfiguration</c>: the one given, or else one in the data directory, made at the first start, that encrypts Secrets.</summary>
internal sealed partial class EncryptionFile
{
    /// <summary>Beside the keys of the cluster, so that it is in every backup of them.</summary>
    public const string Name = "encryption.yaml";

    /// <summary>As upstream looks at it. What inotify tells comes at once; a file behind a link may change without that.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Who writes a file in parts is given the time to end.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(200);

    private readonly string _path;
    private readonly bool _isReloaded;
    private readonly TimeProvider _clock;
    private readonly ILogger<EncryptionFile> _log;
    private string _used;
    private string _problem = "";

    private EncryptionFile(string path, string text, StorageEncryptionOptions options, TimeProvider clock, ILoggerFactory logs)
    {
        (_path, _used, _isReloaded, _clock, _log) = (path, text, options.IsReloaded, clock, logs.CreateLogger<EncryptionFile>());
        Encryption = new(text, options, clock, logs);
    }

    /// <summary>What the file says, and will say after <see cref="RunAsync"/> has seen it changed.</summary>
    public StorageEncryption Encryption { get; }

    /// <param name="keys">Where the cluster's keys are.</param>
    /// <exception cref="StartException">The file cannot be used, or it is missing although what it is for is in the store.</exception>
    public static async Task<EncryptionFile> OpenAsync(ServerOptions options, string keys, IStore store, TimeProvider clock, ILoggerFactory logs, CancellationToken ct)
    {
        var isOwn = options.EncryptionConfigFile.Length == 0;
        var path = isOwn ? Path.Combine(keys, Name) : options.EncryptionConfigFile;
        try
        {
            if (isOwn && !File.Exists(path))
            {
                await RefuseIfEncryptedAsync(path, store, ct);
                KeyFiles.WritePrivate(path, StorageEncryption.NewConfiguration());
            }

            // The cluster's own file is the whole of it: what it says can be carried out at once. Who gives one may have several servers, which must all know a new key first.
            return new(path, await File.ReadAllTextAsync(path, ct), new() { RewritesStale = isOwn, IsReloaded = isOwn || options.ReloadsEncryptionConfig }, clock, logs);
        }
        catch (FormatException e)
        {
            throw new StartException($"the encryption configuration {path} cannot be used: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"the encryption configuration {path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Follows the file until cancelled; rests if it is not to be reloaded.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        if (!_isReloaded)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, ct);
            return;
        }

        using var changed = new SemaphoreSlim(0);
        using var watch = Watch(() => changed.Release());
        while (!ct.IsCancellationRequested)
        {
            // Not WaitAsync(TimeSpan): its time is not the clock's.
            using var limit = new CancellationTokenSource(Interval, _clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
            try
            {
                await changed.WaitAsync(either.Token);
                await Task.Delay(Settling, _clock, ct);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // Time to look.
            }

            while (changed.Wait(0, CancellationToken.None))
            {
                // All that was told so far is seen by the one look.
            }

            await LookAsync(ct);
        }
    }

    /// <summary>Uses the file if it is another than before and can be used; else goes on as before, and says so once.</summary>
    private async Task LookAsync(CancellationToken ct)
    {
        var problem = "";
        try
        {
            var text = await File.ReadAllTextAsync(_path, ct);
            if (text != _used)
            {
                await Encryption.ReplaceAsync(text, ct);
                _used = text;
                Reloaded(_path);
            }
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            problem = e.Message;
        }

        if (problem.Length > 0 && problem != _problem)
            CannotReload(_path, problem);
        _problem = problem;
    }

    private Watching? Watch(Action changed)
    {
        DirectoryWatch? watch = null;
        try
        {
            watch = new();
            return new(watch, watch.Watch(Path.GetDirectoryName(Path.GetFullPath(_path))!, changed));
        }
        catch (SyscallException e)
        {
            watch?.Dispose();
            NoWatch(_path, e.Message);
            return null;
        }
    }

    /// <summary>A new key must not hide that the old one is gone.</summary>
    private static async Task RefuseIfEncryptedAsync(string path, IStore store, CancellationToken ct)
    {
        var after = "";
        while (true)
        {
            var page = await store.RangeAsync(new(StorageEncryption.SecretsPrefix, after, 500), ct);
            if (page.Entries.Any(e => StorageEncryption.IsEncrypted(e.Value.Span)))
                throw new StartException($"there are encrypted Secrets in the store, but {path}, which holds their key, is missing: put it back from a backup, or give another with --encryption-provider-config");
            if (page.Remaining == 0 || page.Entries.Count == 0)
                return;
            after = page.Entries[^1].Key;
        }
    }

    private sealed record Watching(DirectoryWatch Watch, IDisposable Subscription) : IDisposable
    {
        public void Dispose()
        {
            Subscription.Dispose();
            Watch.Dispose();
        }
    }

    [LoggerMessage(1, LogLevel.Information, "The encryption configuration {Path} has changed and is in use")]
    private partial void Reloaded(string path);

    [LoggerMessage(2, LogLevel.Error, "The encryption configuration {Path} has changed but cannot be used; what it said before stays in use: {Problem}")]
    private partial void CannotReload(string path, string problem);

    [LoggerMessage(3, LogLevel.Warning, "The encryption configuration {Path} cannot be watched; it is looked at once a minute: {Problem}")]
    private partial void NoWatch(string path, string problem);
}
