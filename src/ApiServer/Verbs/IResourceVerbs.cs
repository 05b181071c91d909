using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.Verbs;

/// <summary>
/// The verbs on stored resources, apart from HTTP: what comes in is decoded, what goes out is bytes of the watch cache. Each call is the
/// whole life of the request after authorization: admission, defaults, preparation, validation, store.
/// </summary>
/// <remarks>Every refusal is an <see cref="ApiException"/>. Thread-safe.</remarks>
public interface IResourceVerbs
{
    /// <summary>The resource of a path, or <see langword="null"/>.</summary>
    ServedResource? Find(string group, string version, string plural);

    /// <summary>All served resources, in discovery's order.</summary>
    IReadOnlyList<ServedResource> All { get; }

    /// <exception cref="ApiException">404.</exception>
    ValueTask<CachedObject> GetAsync(ServedResource resource, ObjectKey key, string resourceVersion, CancellationToken ct);

    /// <exception cref="ApiException">400: a selector or token is malformed. 410: the version is too old.</exception>
    ValueTask<ListAnswer> ListAsync(ServedResource resource, ListOptions options, CancellationToken ct);

    /// <summary>The changes a client sees after <see cref="ListOptions.ResourceVersion"/>, until its timeout; ends when the client must list again.</summary>
    IAsyncEnumerable<WatchEvent> WatchAsync(ServedResource resource, ListOptions options, CancellationToken ct);

    Task<CachedObject> CreateAsync(ServedResource resource, IObject posted, WriteOptions options, CancellationToken ct);

    /// <param name="subresource">Empty, <c>status</c>, or another through which the whole object is written (<c>finalize</c>, <c>approval</c>, <c>ephemeralcontainers</c>, <c>resize</c>).</param>
    /// <returns>The object, and whether it was created.</returns>
    Task<(CachedObject Object, bool IsNew)> UpdateAsync(ServedResource resource, ObjectKey key, string subresource, IObject posted, WriteOptions options, CancellationToken ct);

    Task<(CachedObject Object, bool IsNew)> PatchAsync(ServedResource resource, ObjectKey key, string subresource, PatchBody patch, WriteOptions options, CancellationToken ct);

    /// <returns>What DELETE answers: the object if it lives on for now (finalizers, grace), else its last state.</returns>
    Task<DeleteAnswer> DeleteAsync(ServedResource resource, ObjectKey key, DeleteOptions body, WriteOptions options, CancellationToken ct);

    Task<ListAnswer> DeleteCollectionAsync(ServedResource resource, ListOptions which, DeleteOptions body, WriteOptions options, CancellationToken ct);

    /// <summary>Asks admission whether a stream or proxy may be opened.</summary>
    /// <param name="asked">What it is asked for: PodExecOptions and the like.</param>
    Task ConnectAsync(ServedResource resource, ObjectKey key, string subresource, IObject asked, WriteOptions options, CancellationToken ct);
}

/// <summary>A write whose body is not the object itself but a part of it in a form of its own.</summary>
/// <param name="Type">The body's kind.</param>
/// <param name="Show">The body that an object has.</param>
/// <param name="Take">The object with what the body says.</param>
internal sealed record AdmissionForm(string Subresource, ResourceType Type, Func<IObject, IObject> Show, Func<IObject, IObject, IObject> Take);

/// <summary>The query parameters of a list or watch, as they came: the verbs check them.</summary>
public sealed record ListOptions
{
    public string Namespace { get; init; } = "";

    public string LabelSelector { get; init; } = "";

    public string FieldSelector { get; init; } = "";

    public string ResourceVersion { get; init; } = "";

    public string ResourceVersionMatch { get; init; } = "";

    public long Limit { get; init; }

    public string Continue { get; init; } = "";

    /// <summary>Watch only: 0 for the server's own choice.</summary>
    public int TimeoutSeconds { get; init; }

    public bool AllowWatchBookmarks { get; init; }

    public bool? SendInitialEvents { get; init; }

    /// <summary>Asked when a list goes back further than lists in pages do: whether the client may look into the history. Absent: no.</summary>
    internal Func<CancellationToken, ValueTask<bool>>? MayReadPast { get; init; }
}

/// <summary>What goes with every write.</summary>
public sealed record WriteOptions(Identity User)
{
    public bool IsDryRun { get; init; }

    /// <summary>The manager of the fields: the parameter, or the first part of the user agent.</summary>
    public string FieldManager { get; init; } = "";

    /// <summary><c>Strict</c>, <c>Warn</c> or <c>Ignore</c>: what happens to unknown and duplicate fields of a patch (posted objects are checked where they are decoded).</summary>
    public string FieldValidation { get; init; } = "Warn";

    /// <summary>Records who wrote which fields; null for writes of the server itself that are nobody's, and where it is done already.</summary>
    internal FieldManagement.FieldRecorder? Fields { get; init; }

    /// <summary>Takes warnings for the client's <c>Warning</c> headers.</summary>
    public Action<string> Warn { get; init; } = static _ => { };

    /// <summary>Takes what is known of the request and counted at its end; absent for the server's own writes.</summary>
    internal Metrics.RequestNotes? Notes { get; init; }

    /// <summary>How a document is decoded that goes with the write.</summary>
    internal DecodeContext Decoding() => FieldValidation == "Ignore" ? DecodeContext.Lenient : DecodeContext.Strict();

    /// <summary>Tells the client what was found while decoding.</summary>
    /// <exception cref="ApiException">400: the client is strict.</exception>
    internal void Tell(DecodeContext context)
    {
        if (FieldValidation == "Strict" && context.Findings.Count > 0)
            throw ApiException.BadRequest($"strict decoding error: {string.Join(", ", context.Findings)}");
        foreach (var finding in context.Findings)
            Warn(finding);
    }

    /// <summary>Takes what admission leaves for the audit log, by qualified name, while the request runs; absent where nobody keeps one.</summary>
    public IDictionary<string, string>? AuditAnnotations { get; init; }

    /// <summary>The resource as the client named it, where that is another view of what is written.</summary>
    internal ServedResource? Requested { get; init; }

    /// <summary>Whether admission has already let the request through: this write is only a part of it.</summary>
    internal bool IsAdmitted { get; init; }

    /// <summary>The old version that a create brings back: its fields belong to whom they belonged, and of addresses and ports that are taken it gets others.</summary>
    internal Registry.StoredObject? Restored { get; init; }

    /// <summary>How admission sees the write, where its body is not the whole object (scale).</summary>
    internal AdmissionForm? AdmittedAs { get; init; }
}

/// <param name="ContentType">One of the four patch types, without parameters.</param>
/// <param name="Force">Apply only: takes fields from other managers.</param>
public sealed record PatchBody(string ContentType, ReadOnlyMemory<byte> Json, bool Force);

/// <param name="Continue">The token for the next page; empty at the end.</param>
/// <param name="Remaining">How many are left after this page, where that is known.</param>
public sealed record ListAnswer(ServedResource Resource, IReadOnlyList<CachedObject> Items, string ResourceVersion, string Continue = "", long? Remaining = null);

/// <param name="IsGone">Whether the object is gone; many kinds then answer with a Status instead of the object.</param>
public sealed record DeleteAnswer(CachedObject Object, bool IsGone);

public enum WatchEventType
{
    Added,
    Modified,
    Deleted,
    Bookmark,
    Error,
}

/// <param name="Object">Absent for bookmarks and errors.</param>
/// <param name="Revision">Of a bookmark: up to where the client has seen everything.</param>
/// <param name="Error">Of an error: what the client is told before the stream ends.</param>
public readonly record struct WatchEvent(WatchEventType Type, CachedObject? Object, long Revision = 0, bool EndsInitialEvents = false, Status? Error = null);
