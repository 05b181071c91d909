using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;

namespace KubeSharp.ApiServer.Admission;

internal enum AdmissionVerb
{
    Create,
    Update,
    Delete,

    /// <summary>A stream or proxy is opened (exec, attach, portforward, proxy); the object is what was asked of it.</summary>
    Connect,
}

/// <summary>One write on its way. Not thread-safe.</summary>
/// <param name="Key">The name may be empty on a create that will be given one.</param>
internal sealed record AdmissionRequest(AdmissionVerb Verb, ServedResource Resource, string Subresource, ObjectKey Key, WriteOptions Options)
{
    /// <summary>The new state; absent on a delete. A subresource with a body of its own has that here.</summary>
    public IObject? Object { get; set; }

    /// <summary>The present state; absent on a create.</summary>
    public IObject? Old { get; init; }

    /// <summary>What <see cref="Object"/> is, where it is not an object of the resource: a Scale, an Eviction, PodExecOptions.</summary>
    public ResourceType? BodyType { get; init; }

    /// <summary>Whether the server drew the name: who may still change the object does not see it, as upstream draws it later.</summary>
    public bool HasDrawnName { get; init; }

    /// <summary>What a delete was asked with.</summary>
    public DeleteOptions? Deletion { get; init; }

    /// <summary>The resource as the client named it, which may be another view of <see cref="Resource"/>.</summary>
    public ServedResource Requested => Options.Requested ?? Resource;

    public Identity User => Options.User;

    /// <summary>Set by who changed the object after others had seen it: those are asked once more.</summary>
    public bool MustReinvoke { get; set; }

    /// <summary>Whether this is the second time round.</summary>
    public bool IsReinvocation { get; set; }

    /// <summary>The mutating webhooks and policies that have been asked, and what each left behind.</summary>
    public Dictionary<string, IObject?> Seen => field ??= [];

    /// <summary>The new state where the request is such a write of the resource itself, else <see langword="null"/>.</summary>
    public T? Posted<T>(AdmissionVerb verb)
        where T : class, IObject<T> => Verb == verb && Subresource.Length == 0 ? Object as T : null;

    /// <summary>Leaves a note for the audit log; the first with a key stays. May be called from several threads.</summary>
    /// <param name="key">A qualified name with a prefix; others are not noted.</param>
    public void Annotate(string key, string value)
    {
        if (Options.AuditAnnotations is not { } annotations || !key.Contains('/', StringComparison.Ordinal) || NameRules.QualifiedName(key).Any())
            return;
        lock (annotations)
            annotations.TryAdd(key, value);
    }

    public ApiException Forbidden(string why) => ApiException.Forbidden(Resource.Type.Group, Resource.Type.Plural, Key.Name, why);
}
