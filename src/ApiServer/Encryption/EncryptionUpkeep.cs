using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.WatchCache;
using KubeSharp.Store;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Encryption;

/// <summary>What encryption needs besides the reads and writes: keys of key services, stale values written anew, caches filled again when lost keys are back.</summary>
internal sealed partial class EncryptionUpkeep(StorageEncryption encryption, EncryptedStore store, StoreFeed feed, CacheTable caches, TimeProvider clock, ILoggerFactory logs)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly ILogger _log = logs.CreateLogger<EncryptionUpkeep>();

    /// <summary>To be called before the caches are filled.</summary>
    public Task StartAsync(CancellationToken ct) => encryption.StartAsync(ct);

    public Task RunAsync(CancellationToken ct) => Task.WhenAll(encryption.RunAsync(ct), RewriteAsync(ct), RecoverAsync(ct));

    /// <summary>After the start and after each change of the rules.</summary>
    private async Task RewriteAsync(CancellationToken ct)
    {
        if (!encryption.RewritesStale)
            return;

        var rewriting = new Reencryption(store, clock, logs.CreateLogger<Reencryption>());
        while (!ct.IsCancellationRequested)
        {
            var changed = encryption.Changed;
            var rules = encryption.Rules;
            var prefixes = caches.All.Select(c => c.Resource).Where(r => rules.Of(r.Type.Group, r.Type.Plural) is not null).Select(r => r.StoragePrefix);
            await rewriting.RunAsync(prefixes.Order(StringComparer.Ordinal), ct);
            await changed.WaitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Rests until there is something that the caches could not read; then looks whether it can be read by now.</summary>
    private async Task RecoverAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await store.BecameUnreadable.WaitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.Delay(Pause, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ct.IsCancellationRequested)
                return;

            try
            {
                var prefixes = (await store.ReadableAgainAsync(ct)).Select(k => StoragePrefixes.In(k).ToString()).Distinct(StringComparer.Ordinal);
                foreach (var prefix in prefixes)
                {
                    if (caches.Find(prefix) is { } cache)
                        await feed.JoinAsync(cache.Resource, () => cache, ct);
                }
            }
            catch (StoreException e)
            {
                CannotRecover(e);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The store cannot be asked whether what could not be decrypted can be by now; trying again")]
    private partial void CannotRecover(Exception e);
}
