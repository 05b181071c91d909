namespace KubeSharp.Client;

/// <summary>The API as a typed program sees it, whether it is in this process or far away.</summary>
/// <remarks>
/// Every member throws <see cref="ApiException"/> with the server's Status when the server refuses, and
/// <see cref="HttpRequestException"/> or <see cref="IOException"/> when it cannot be reached. Thread-safe.
/// </remarks>
public interface IClient
{
    /// <summary>The object, or <see langword="null"/> if there is none.</summary>
    Task<T?> FindAsync<T>(ObjectKey key, CancellationToken ct)
        where T : class, IObject<T>;

    /// <summary>All objects that match, with the list's resourceVersion; pages are fetched and joined. The objects say their kind.</summary>
    Task<ListResult<T>> ListAsync<T>(ListQuery query, CancellationToken ct)
        where T : class, IObject<T>;

    /// <summary>The changes after <see cref="WatchQuery.ResourceVersion"/>, bookmarks included, until the server ends the stream.</summary>
    /// <exception cref="ApiException">410: the version is too old; list again.</exception>
    IAsyncEnumerable<WatchChange<T>> WatchAsync<T>(WatchQuery query, CancellationToken ct)
        where T : class, IObject<T>;

    Task<T> CreateAsync<T>(T obj, CancellationToken ct)
        where T : class, IObject<T>;

    /// <summary>Replaces the object; its resourceVersion is the precondition (409 if another writer was first).</summary>
    Task<T> UpdateAsync<T>(T obj, CancellationToken ct)
        where T : class, IObject<T>;

    /// <summary>Replaces the object's status.</summary>
    Task<T> UpdateStatusAsync<T>(T obj, CancellationToken ct)
        where T : class, IObject<T>;

    /// <param name="subresource">Empty for the object itself; else <c>status</c>, <c>scale</c> …</param>
    Task<T> PatchAsync<T>(ObjectKey key, Patch patch, string subresource, CancellationToken ct)
        where T : class, IObject<T>;

    /// <summary>Deletes; an object that is already gone is no error.</summary>
    /// <returns>Whether there was something to delete.</returns>
    Task<bool> DeleteAsync<T>(ObjectKey key, DeleteRequest request, CancellationToken ct)
        where T : class, IObject<T>;

    Task DeleteCollectionAsync<T>(ListQuery query, DeleteRequest request, CancellationToken ct)
        where T : class, IObject<T>;

    /// <summary>Posts to a subresource that takes and answers types of its own: <c>pods/binding</c>, <c>serviceaccounts/token</c>, <c>pods/eviction</c>.</summary>
    /// <param name="body">Must say its kind and apiVersion (<c>WithTypeMeta()</c>).</param>
    Task<TAnswer> PostAsync<T, TBody, TAnswer>(ObjectKey key, string subresource, TBody body, CancellationToken ct)
        where T : class, IObject<T>
        where TBody : class, IApiType<TBody>
        where TAnswer : class, IApiType<TAnswer>;

    /// <summary>A request the typed members do not cover (discovery, CRDs, /healthz), on an absolute path with query.</summary>
    Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct);
}

/// <param name="Namespace">Empty: all namespaces.</param>
public sealed record ListQuery(string Namespace = "", string LabelSelector = "", string FieldSelector = "");

public sealed record WatchQuery(string ResourceVersion, string Namespace = "", string LabelSelector = "", string FieldSelector = "")
{
    /// <summary>Called once the server has accepted the watch, which may be long before the first change.</summary>
    public Action? Opened { get; init; }
}

public sealed record ListResult<T>(IReadOnlyList<T> Items, string ResourceVersion);

public enum WatchChangeType
{
    Added,
    Modified,
    Deleted,
    Bookmark,
}

public readonly record struct WatchChange<T>(WatchChangeType Type, T Object);

/// <summary>A patch and its kind: one of <see cref="Json"/>, <see cref="Merge"/>, <see cref="Strategic"/>.</summary>
public sealed record Patch(string ContentType, ReadOnlyMemory<byte> Body)
{
    public static Patch Json(string body) => new("application/json-patch+json", System.Text.Encoding.UTF8.GetBytes(body));

    public static Patch Merge(string body) => new("application/merge-patch+json", System.Text.Encoding.UTF8.GetBytes(body));

    public static Patch Strategic(string body) => new("application/strategic-merge-patch+json", System.Text.Encoding.UTF8.GetBytes(body));
}

public enum Propagation
{
    /// <summary>What the kind does by default.</summary>
    Default,
    Background,
    Foreground,
    Orphan,
}

/// <param name="Uid">Deletes only the object with this UID; empty for any.</param>
/// <param name="ResourceVersion">Deletes only this version; empty for any.</param>
/// <param name="GracePeriodSeconds"><see langword="null"/>: the object's own.</param>
public sealed record DeleteRequest(
    string Uid = "", string ResourceVersion = "", Propagation Propagation = Propagation.Default, long? GracePeriodSeconds = null);
