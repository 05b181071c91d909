using KubeSharp.ApiServer.Encryption;
using KubeSharp.Host.Pki;
using KubeSharp.Store;

namespace KubeSharp.Host.Config;

/// <summary>The <c>EncryptionConfiguration</c>: the one given, or else one in the data directory, made at the first start, that encrypts Secrets.</summary>
internal static class EncryptionFile
{
    /// <summary>Beside the keys of the cluster, so that it is in every backup of them.</summary>
    public const string Name = "encryption.yaml";

    /// <param name="given">The path of a file; empty for the cluster's own.</param>
    /// <param name="keys">Where the cluster's keys are.</param>
    /// <exception cref="StartException">The file cannot be used, or it is missing although what it is for is in the store.</exception>
    public static async Task<StorageEncryption> ReadAsync(string given, string keys, IStore store, CancellationToken ct)
    {
        var path = given.Length > 0 ? given : Path.Combine(keys, Name);
        try
        {
            if (given.Length == 0 && !File.Exists(path))
            {
                await RefuseIfEncryptedAsync(path, store, ct);
                KeyFiles.WritePrivate(path, StorageEncryption.NewConfiguration());
            }

            return StorageEncryption.Parse(await File.ReadAllTextAsync(path, ct), rewritesStale: given.Length == 0);
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
}
