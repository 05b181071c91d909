using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;

namespace KubeSharp.ApiServer.Admission;

internal enum AdmissionVerb
{
    Create,
    Update,
    Delete,
}

/// <summary>One write on its way. Not thread-safe.</summary>
/// <param name="Key">The name may be empty on a create that will be given one.</param>
internal sealed record AdmissionRequest(AdmissionVerb Verb, ServedResource Resource, string Subresource, ObjectKey Key, WriteOptions Options)
{
    /// <summary>The new state; absent on a delete.</summary>
    public IObject? Object { get; set; }

    /// <summary>The present state; absent on a create.</summary>
    public IObject? Old { get; init; }

    public Identity User => Options.User;

    /// <summary>The new state where the request is such a write of the resource itself, else <see langword="null"/>.</summary>
    public T? Posted<T>(AdmissionVerb verb)
        where T : class, IObject<T> => Verb == verb && Subresource.Length == 0 ? Object as T : null;

    public ApiException Forbidden(string why) => ApiException.Forbidden(Resource.Type.Group, Resource.Type.Plural, Key.Name, why);
}
