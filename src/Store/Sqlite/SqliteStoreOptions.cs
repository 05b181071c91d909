namespace KubeSharp.Store;

/// <summary>Where the store's file is and how much it remembers.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>The database file; created, readable by its owner only, if absent. Its folder too.</summary>
    public required string Path { get; init; }

    /// <summary>How long every revision can still be read and every deleted key be found, if <see cref="HistoryBytes"/> allow. No less than <see cref="Recent"/>.</summary>
    public TimeSpan History { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How many bytes the history may have: what is in the file and not present. What is <see cref="Recent"/> stays all the same.</summary>
    public long HistoryBytes { get; init; } = 1L << 30;

    /// <summary>
    /// How long lists in pages and watches can go back, whatever the history. Upstream: kube-apiserver <c>--etcd-compaction-interval</c>.
    /// </summary>
    public TimeSpan Recent { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The size the file must not exceed, in bytes; 0: what the disk holds. Upstream: etcd <c>--quota-backend-bytes</c>.</summary>
    public long MaxBytes { get; init; }

    /// <summary>
    /// Up to this size, in bytes, the whole file is checked when it is opened. Of a larger one, which is mostly history, only the index of what is
    /// present is; its values are checked as they are read.
    /// </summary>
    internal long FullCheckBytes { get; init; } = 256L << 20;

    /// <summary>How many changes a watch may be behind before it has to list again.</summary>
    public int WatchBuffer { get; init; } = 8_192;

    /// <summary>Called at each of <see cref="CrashPoints"/>.</summary>
    internal Action<string> AtPoint { get; init; } = static _ => { };

    /// <summary>How many reads go on at once; further ones wait.</summary>
    public int Readers { get; init; } = Math.Max(4, Environment.ProcessorCount);
}
