namespace KubeSharp.Store;

/// <summary>One change of a key, looked at later.</summary>
/// <param name="Entry">As in <see cref="Change"/>: of a deletion the last value, with the deletion's revision.</param>
/// <param name="Previous">The revision of the key's change before this one; 0 for a creation.</param>
/// <param name="Time">When it was written, to within a second; <see langword="null"/> where that is no longer known.</param>
public sealed record KeyVersion(ChangeType Type, Entry Entry, long Previous, DateTimeOffset? Time);

/// <param name="Before">Only changes before this revision; 0 for all.</param>
/// <param name="Limit">At most so many; a page of large values ends sooner.</param>
public sealed record VersionQuery(string Key, int Limit, long Before = 0);

/// <param name="After">Only keys greater than this one; empty for all.</param>
/// <param name="Limit">At most so many; a page of large values ends sooner.</param>
public sealed record DeletedQuery(string Prefix, int Limit, string After = "");

/// <param name="Revision">The revision of the store when this was read.</param>
/// <param name="IsLast">There are no more.</param>
public sealed record VersionPage(IReadOnlyList<KeyVersion> Versions, long Revision, bool IsLast);
