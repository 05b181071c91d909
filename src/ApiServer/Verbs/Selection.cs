using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.Verbs;

/// <summary>The objects of a resource that a client selects by labels and fields.</summary>
internal sealed class Selection(ServedResource resource, Selector labels, FieldSelector fields)
{
    public bool IsEverything => labels.IsEverything && fields.IsEverything;

    /// <summary>The one name that can match, or <see langword="null"/>.</summary>
    public string? Name => fields.Requirements.FirstOrDefault(r => r is { Field: "metadata.name", IsEqual: true }) is { Field: not null, Value: var name } ? name : null;

    /// <summary>Names are in the key already: the table of fields is only made for who asks for other ones.</summary>
    private readonly bool _isOfNames = fields.Requirements.All(r => r.Field is "metadata.name" or "metadata.namespace");

    public bool Matches(StoredObject obj) =>
        (labels.IsEverything || labels.Matches(obj.Labels)) && (fields.IsEverything || (_isOfNames ? MatchesNames(obj.Key) : fields.Matches(Shown(obj).Fields)));

    private bool MatchesNames(ObjectKey key)
    {
        for (var i = 0; i < fields.Requirements.Count; i++)
        {
            var requirement = fields.Requirements[i];
            var value = requirement.Field == "metadata.name" ? key.Name : key.Namespace;
            if ((requirement.Value == value) != requirement.IsEqual)
                return false;
        }

        return true;
    }

    /// <summary>Selection cannot wait for a webhook: then the fields are those of the version in which the object is stored.</summary>
    private StoredObject Shown(StoredObject obj) => obj.KnownAs(resource) ?? (resource.Custom is { IsLocal: false } ? obj : obj.As(resource));
}
