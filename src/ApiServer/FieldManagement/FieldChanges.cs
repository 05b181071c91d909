namespace KubeSharp.ApiServer.FieldManagement;

/// <summary>What a write changes, in each version of the API in which someone owns fields; compared once for each.</summary>
internal sealed class FieldChanges(FieldScope scope, FieldDocument before, FieldDocument after)
{
    private readonly List<FieldChange> _known = [];

    public FieldChange Here => At(scope.ApiVersion)!; // a document converts to its own version

    /// <returns>Null: the version is not served any longer.</returns>
    public FieldChange? At(string apiVersion)
    {
        foreach (var known in _known)
        {
            if (known.ApiVersion == apiVersion)
                return known;
        }

        var (old, current) = (scope.Convert(before, apiVersion), scope.Convert(after, apiVersion));
        try
        {
            if (old is null || current is null)
                return null;

            var change = FieldComparison.Of(current.Schema, old.Root, current.Root).Select(scope.Filter);
            var found = new FieldChange(apiVersion, current.Schema, change.Added.Union(change.Modified), change.Removed);
            _known.Add(found);
            return found;
        }
        finally
        {
            if (!ReferenceEquals(old, before))
                old?.Dispose();
            if (!ReferenceEquals(current, after))
                current?.Dispose();
        }
    }
}

/// <param name="Taken">What the writer set to something new.</param>
/// <param name="Removed">What is no longer there.</param>
internal sealed record FieldChange(string ApiVersion, Schema Schema, FieldSet Taken, FieldSet Removed)
{
    public bool IsNone => Taken.IsEmpty && Removed.IsEmpty;
}
