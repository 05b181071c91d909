namespace KubeSharp.Store;

/// <summary>
/// An ordered map of bytes with one growing revision: the few verbs of etcd that an API server needs.
/// Every implementation must pass <c>StoreContract</c>.
/// </summary>
/// <remarks>
/// Keys are ordered by their UTF-8 bytes. Every successful write has a revision of its own, greater than all before it, also across
/// restarts and compactions. A write that was acknowledged is durable. All members may be called from any thread.
/// A store that cannot write (disk full, I/O error) throws <see cref="StoreException"/> for that write, goes on serving reads and
/// recovers by itself when the cause is gone.
/// </remarks>
public interface IStore : IAsyncDisposable
{
    /// <summary>The revision of the last write that readers can see; 1 for an empty store, as in etcd.</summary>
    long Revision { get; }

    /// <summary>What the store takes on its disk, in bytes; <see langword="null"/> where it has none, or cannot tell.</summary>
    long? SizeInBytes => null;

    /// <summary>
    /// The revision of some minutes ago: what lists in pages and watches go back to. History before it, up to where it is compacted, is
    /// kept for those who look into the past.
    /// </summary>
    long RecentRevision { get; }

    /// <summary>Reads one key at the present, or <see langword="null"/>.</summary>
    ValueTask<Entry?> FindAsync(string key, CancellationToken ct);

    /// <summary>Reads one key as it was at a revision; <see langword="null"/> if it was absent then.</summary>
    /// <remarks>A version that is older than the kept history, but was still there when that began, can be read too.</remarks>
    /// <exception cref="CompactedException">What was then is no longer known.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such revision yet.</exception>
    ValueTask<Entry?> FindAtAsync(string key, long revision, CancellationToken ct);

    /// <summary>The kept versions and deletions of one key, the newest first; none for a key without any.</summary>
    ValueTask<VersionPage> VersionsAsync(VersionQuery query, CancellationToken ct);

    /// <summary>The keys with a prefix that are absent now and whose deletion is still in the history, in order; each with its last deletion.</summary>
    ValueTask<VersionPage> DeletedAsync(DeletedQuery query, CancellationToken ct);

    /// <summary>Reads the keys that begin with <see cref="RangeQuery.Prefix"/>, in order.</summary>
    /// <exception cref="CompactedException">The asked revision has been compacted away.</exception>
    ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken ct);

    /// <summary>Writes <paramref name="value"/> only if the key's last revision is <paramref name="expected"/> (0: absent).</summary>
    /// <returns>The new revision, or <see langword="null"/> if another writer was first.</returns>
    ValueTask<long?> TryPutAsync(string key, ReadOnlyMemory<byte> value, long expected, CancellationToken ct);

    /// <summary>Deletes the key only if its last revision is <paramref name="expected"/>.</summary>
    /// <returns>The revision of the deletion, or <see langword="null"/> if the key is absent or another writer was first.</returns>
    ValueTask<long?> TryDeleteAsync(string key, long expected, CancellationToken ct);

    /// <summary>
    /// Yields each change after revision <paramref name="after"/> of the keys with the prefix exactly once, in revision order, until
    /// cancelled. A reader that falls too far behind ends with <see cref="CompactedException"/>: it lists again.
    /// </summary>
    /// <exception cref="CompactedException"><paramref name="after"/> has been compacted away.</exception>
    IAsyncEnumerable<Change> WatchAsync(string prefix, long after, CancellationToken ct);

    /// <summary>Forgets the history before <paramref name="revision"/>; what is current stays. Serving goes on meanwhile.</summary>
    ValueTask CompactAsync(long revision, CancellationToken ct);
}

/// <summary>A key's value and the revisions of its creation and last write.</summary>
public sealed record Entry(string Key, ReadOnlyMemory<byte> Value, long CreateRevision, long ModRevision);

/// <param name="Prefix">Keys that begin with this.</param>
/// <param name="After">Only keys greater than this one (exclusive); empty for all.</param>
/// <param name="Limit">At most so many; 0 for all.</param>
/// <param name="Revision">As of this revision; 0 for now.</param>
public sealed record RangeQuery(string Prefix, string After = "", int Limit = 0, long Revision = 0);

/// <param name="Revision">The revision this is a snapshot of.</param>
/// <param name="Remaining">How many further keys match beyond the limit.</param>
public sealed record RangeResult(IReadOnlyList<Entry> Entries, long Revision, long Remaining);

/// <summary>One write or deletion. For a deletion <paramref name="Entry"/> holds the last value and, as ModRevision, the deletion's revision.</summary>
/// <param name="Previous">The value before this change, where the history still has it; empty for a creation.</param>
public readonly record struct Change(ChangeType Type, Entry Entry, ReadOnlyMemory<byte> Previous);

public enum ChangeType
{
    Put,
    Delete,
}

/// <summary>The asked revision is no longer in the history (HTTP 410).</summary>
public sealed class CompactedException(long revision, long oldest)
    : Exception($"revision {revision} has been compacted; the oldest is {oldest}")
{
    public long Revision { get; } = revision;

    public long Oldest { get; } = oldest;
}

/// <summary>The store could not do what was asked; the message is fit for an operator.</summary>
public sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner);
