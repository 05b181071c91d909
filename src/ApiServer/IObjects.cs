namespace KubeSharp.ApiServer;

/// <summary>How the server's own rules (authentication, authorization, admission) read API objects: from the watch caches, unasked.</summary>
public interface IObjects
{
    /// <summary>The object as of now, or <see langword="null"/>.</summary>
    ValueTask<T?> FindAsync<T>(ObjectKey key, CancellationToken ct)
        where T : class, IObject<T>;

    /// <summary>All objects of a kind. The same instance is returned until one of them changes: whoever derives an index compares references.</summary>
    IReadOnlyList<T> List<T>()
        where T : class, IObject<T>;
}
