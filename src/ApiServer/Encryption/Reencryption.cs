using KubeSharp.Store;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Encryption;

/// <summary>Writes anew what is not stored as it would be today: a data directory from before encryption, or an old key.</summary>
/// <remarks>Each value stays what it is; a writer that comes first wins. It pauses after each page, so that it is not felt.</remarks>
internal sealed partial class Reencryption(EncryptedStore store, TimeProvider clock, ILogger<Reencryption> log)
{
    private const int PageSize = 50;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>Returns when all is written, or when cancelled.</summary>
    public async Task RunAsync(IEnumerable<string> prefixes, CancellationToken ct)
    {
        var written = 0;
        foreach (var prefix in prefixes)
            written += await RunAsync(prefix, ct);
        if (written > 0)
            Rewritten(written);
    }

    private async Task<int> RunAsync(string prefix, CancellationToken ct)
    {
        var (written, after, pause) = (0, "", Pause);
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var (stale, next) = await store.StaleAsync(prefix, after, PageSize, ct);
                foreach (var entry in stale)
                    written += await store.TryPutAsync(entry.Key, entry.Value, entry.ModRevision, CancellationToken.None) is null ? 0 : 1;
                if (next is null)
                    return written;
                (after, pause) = (next, Pause);
            }
            catch (Exception e) when (e is StoreException or ApiException)
            {
                // The disk is full, or a key service does not answer.
                if (pause == Pause)
                    Failed(e);
                pause = TimeSpan.FromSeconds(Math.Min(pause.TotalSeconds * 2, LongestPause.TotalSeconds));
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                break;
            }

            await Task.Delay(pause, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return written;
    }

    [LoggerMessage(1, LogLevel.Information, "{Count} stored objects that were plain, or encrypted with an older key, are encrypted with the present one now")]
    private partial void Rewritten(int count);

    [LoggerMessage(2, LogLevel.Warning, "Objects cannot be encrypted anew; trying again")]
    private partial void Failed(Exception e);
}
