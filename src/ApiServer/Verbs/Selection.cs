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

    /// <summary>Whether a webhook must show an object in the version asked for before it can be told if it is selected.</summary>
    public bool NeedsViews => resource.Custom is { IsLocal: false } && !_isOfNames;

    /// <remarks>Where <see cref="NeedsViews"/>, of an object whose view was prepared (<see cref="Views"/>).</remarks>
    public bool Matches(StoredObject obj) =>
        MatchesLabels(obj) && (fields.IsEverything || (_isOfNames ? MatchesNames(obj.Key) : fields.Matches(obj.As(resource).Fields)));

    /// <summary>What can be told of any object at once.</summary>
    public bool MatchesLabels(StoredObject obj) => labels.IsEverything || labels.Matches(obj.Labels);

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
}
