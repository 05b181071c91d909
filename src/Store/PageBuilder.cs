namespace KubeSharp.Store;

/// <summary>Collects a page of versions and says when it is full, in number or in bytes.</summary>
internal sealed class PageBuilder(int limit)
{
    private const int MaxBytes = 4 * 1024 * 1024;

    private readonly List<KeyVersion> _versions = [];
    private long _bytes;

    /// <returns><see langword="false"/>: it is on the next page.</returns>
    public bool TryAdd(KeyVersion version)
    {
        if (_versions.Count >= limit || (_versions.Count > 0 && _bytes + version.Entry.Value.Length > MaxBytes))
            return false;

        _versions.Add(version);
        _bytes += version.Entry.Value.Length;
        return true;
    }

    public VersionPage ToPage(long revision, bool isLast) => new(_versions, revision, isLast);
}
