using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.Verbs;

/// <summary>The objects of a resource that a client selects by labels and fields.</summary>
internal sealed class Selection(ServedResource resource, Selector labels, FieldSelector fields)
{
    public bool IsEverything => labels.IsEverything && fields.IsEverything;

    /// <summary>The one name that can match, or <see langword="null"/>.</summary>
    public string? Name => fields.Requirements.FirstOrDefault(r => r is { Field: "metadata.name", IsEqual: true }) is { Field: not null, Value: var name } ? name : null;

    /// <summary>Whether a webhook must show an object in the version asked for before it can be told if it is selected.</summary>
    public bool NeedsViews => resource.Custom is { IsLocal: false } && fields.Requirements.Any(r => r.Field is not ("metadata.name" or "metadata.namespace"));

    /// <remarks>Where <see cref="NeedsViews"/>, of an object whose view was prepared (<see cref="Views"/>).</remarks>
    public bool Matches(StoredObject obj) => MatchesLabels(obj) && (fields.IsEverything || fields.Matches((NeedsViews ? obj.As(resource) : obj.KnownAs(resource) ?? Local(obj)).Fields));

    /// <summary>What can be told of any object at once.</summary>
    public bool MatchesLabels(StoredObject obj) => labels.IsEverything || labels.Matches(obj.Labels);

    /// <summary>Names are the same in every version.</summary>
    private StoredObject Local(StoredObject obj) => resource.Custom is { IsLocal: false } ? obj : obj.As(resource);
}
