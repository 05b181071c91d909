using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using KubeSharp.Store;

namespace KubeSharp.ApiServer.Encryption;

internal sealed partial class EncryptedStore
{
    /// <summary><see cref="ForCaches"/>.</summary>
    private sealed class Lenient(EncryptedStore store) : IStore
    {
        public long Revision => store.Revision;

        public long RecentRevision => store.RecentRevision;

        public ValueTask<Entry?> FindAsync(string key, CancellationToken ct) => store.FindAsync(key, ct);

        public ValueTask<Entry?> FindAtAsync(string key, long revision, CancellationToken ct) => store.FindAtAsync(key, revision, ct);

        public ValueTask<VersionPage> VersionsAsync(VersionQuery query, CancellationToken ct) => store.VersionsAsync(query, ct);

        public ValueTask<VersionPage> DeletedAsync(DeletedQuery query, CancellationToken ct) => store.DeletedAsync(query, ct);

        public async ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken ct)
        {
            var result = await store.Inner.RangeAsync(query, ct);
            if (!result.Entries.Any(e => IsOurs(e, out _)))
                return result;

            var all = new Entry[result.Entries.Count];
            for (var i = 0; i < all.Length; i++)
                all[i] = IsOurs(result.Entries[i], out var transformer) ? await store.ReadOrKeepAsync(transformer, result.Entries[i], ct) : result.Entries[i];
            return result with { Entries = all };
        }

        public ValueTask<long?> TryPutAsync(string key, ReadOnlyMemory<byte> value, long expected, CancellationToken ct) => store.TryPutAsync(key, value, expected, ct);

        public ValueTask<long?> TryDeleteAsync(string key, long expected, CancellationToken ct) => store.TryDeleteAsync(key, expected, ct);

        public async IAsyncEnumerable<Change> WatchAsync(string prefix, long after, [EnumeratorCancellation] CancellationToken ct)
        {
            await foreach (var change in store.Inner.WatchAsync(prefix, after, ct))
            {
                if (!IsOurs(change.Entry, out var transformer))
                {
                    yield return change;
                    continue;
                }

                var entry = await store.ReadOrKeepAsync(transformer, change.Entry, ct);
                if (change.Type == ChangeType.Delete)
                    store.Forget(entry.Key);
                yield return new(change.Type, entry, default);
            }
        }

        public ValueTask CompactAsync(long revision, CancellationToken ct) => store.CompactAsync(revision, ct);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private bool IsOurs(Entry entry, [NotNullWhen(true)] out ITransformer? transformer)
        {
            transformer = store.Transformer(entry.Key) ?? (StorageEncryption.IsEncrypted(entry.Value.Span) ? AsTheyAre : null);
            return transformer is not null;
        }
    }
}
