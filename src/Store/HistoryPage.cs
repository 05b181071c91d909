namespace KubeSharp.Store;

/// <param name="Changes">Changes of the asked keys, in revision order.</param>
/// <param name="Through">Every change up to this revision is in this page or an earlier one.</param>
/// <param name="IsLast">The page reaches to the newest revision there was when it was read.</param>
internal readonly record struct HistoryPage(IReadOnlyList<Change> Changes, long Through, bool IsLast);

/// <summary>Reads some changes after a revision; throws <see cref="CompactedException"/> if they are gone.</summary>
internal delegate ValueTask<HistoryPage> HistoryReader(string prefix, long after, CancellationToken ct);
