using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.Verbs;

/// <summary>The objects of a resource that a client selects by labels and fields.</summary>
internal sealed class Selection(ServedResource resource, Selector labels, FieldSelector fields)
{
    public bool IsEverything => labels.IsEverything && fields.IsEverything;

    /// <summary>The one name that can match, or <see langword="null"/>.</summary>
    public string? Name => fields.Requirements.FirstOrDefault(r => r is { Field: "metadata.name", IsEqual: true }) is { Field: not null, Value: var name } ? name : null;

    public bool Matches(StoredObject obj) =>
        (labels.IsEverything || labels.Matches(obj.Labels)) && (fields.IsEverything || fields.Matches(Shown(obj).Fields));

    /// <summary>Selection cannot wait for a webhook: then the fields are those of the version in which the object is stored.</summary>
    private StoredObject Shown(StoredObject obj) => obj.KnownAs(resource) ?? (resource.Custom is { IsLocal: false } ? obj : obj.As(resource));
}
