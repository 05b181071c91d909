namespace KubeSharp.ApiServer.Tests.Watches;

/// <summary>A ConfigMap as the model knows it.</summary>
internal sealed record ModelObject(string Namespace, string Name, string Colour, string Value, long Revision)
{
    public string Key => $"{Namespace}/{Name}";
}

/// <summary>What a client selects.</summary>
internal sealed record Selection(string Namespace, string Colour)
{
    public string Path => Namespace.Length > 0 ? $"/api/v1/namespaces/{Namespace}/configmaps" : "/api/v1/configmaps";

    public string Query => Colour.Length > 0 ? $"&labelSelector=colour%3D{Colour}" : "";

    public bool Matches(ModelObject? obj) => obj is not null && (Namespace.Length == 0 || obj.Namespace == Namespace) && (Colour.Length == 0 || obj.Colour == Colour);
}

/// <summary>All that happened, and what each client must be told of it.</summary>
internal sealed class WatchModel
{
    private readonly List<(long Revision, ModelObject? Before, ModelObject? After)> _history = [];

    public Dictionary<string, ModelObject> Current { get; } = [];

    public void Put(ModelObject obj)
    {
        _history.Add((obj.Revision, Current.GetValueOrDefault(obj.Key), obj));
        Current[obj.Key] = obj;
    }

    public void Delete(ModelObject obj, long revision)
    {
        _history.Add((revision, obj, null));
        Current.Remove(obj.Key);
    }

    /// <summary>The next event for a client that has seen everything through a revision.</summary>
    public (string Type, ModelObject Object, long Revision)? Next(Selection selection, long after)
    {
        foreach (var (revision, before, now) in _history.Where(h => h.Revision > after))
        {
            var change = (selection.Matches(before), selection.Matches(now)) switch
            {
                (false, true) => ("ADDED", now!),
                (true, true) => ("MODIFIED", now!),
                (true, false) => ("DELETED", before!),
                _ => default,
            };
            if (change != default)
                return (change.Item1, change.Item2, revision);
        }

        return null;
    }

    public IEnumerable<ModelObject> Selected(Selection selection) => Current.Values.Where(selection.Matches).OrderBy(o => o.Key, StringComparer.Ordinal);
}
