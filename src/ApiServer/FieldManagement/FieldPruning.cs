namespace KubeSharp.ApiServer.FieldManagement;

/// <summary>Removes what an applier applied last time, does not apply this time, and nobody else owns.</summary>
/// <param name="owners">All owners, the applier with its new fields among them.</param>
internal sealed class FieldPruning(FieldScope scope, IReadOnlyList<FieldOwner> owners)
{
    /// <param name="last">What the applier owned before.</param>
    public FieldDocument Prune(FieldDocument merged, FieldOwner last)
    {
        if (scope.Convert(merged, last.ApiVersion) is not { } then)
            return merged; // no one can say what these fields are today

        var lastFields = FieldSchemas.WithNamedFields(last.Fields, then.Schema);
        var pruned = WithOwned(then, then.Without(lastFields), last.ApiVersion);
        if (scope.Convert(pruned, then.ApiVersion) is not { } prunedThen)
            return merged;

        // Only what was the applier's goes. What was dropped along with it, a default of a list item that stays, comes back.
        var gone = then.NamedFields().Except(prunedThen.NamedFields()).Intersect(lastFields);
        return scope.Convert(then.Without(gone), scope.ApiVersion) ?? merged;
    }

    /// <summary>The pruned document with what others own put back, seen in each version in which someone owns something.</summary>
    private FieldDocument WithOwned(FieldDocument merged, FieldDocument pruned, string firstVersion)
    {
        // The version pruned in comes first: what another version cannot do without is then back before anything is converted.
        foreach (var owned in owners.GroupBy(o => o.ApiVersion).OrderBy(g => g.Key != firstVersion).ThenBy(g => g.Key, StringComparer.Ordinal))
        {
            if (scope.Convert(merged, owned.Key) is not { } mergedHere || scope.Convert(pruned, owned.Key) is not { } prunedHere)
                continue;

            var fields = owned.Aggregate(FieldSet.Empty, (all, o) => all.Union(o.Fields));
            var kept = prunedHere.NamedFields().Union(FieldSchemas.WithNamedFields(fields, mergedHere.Schema));
            (merged, pruned) = (mergedHere, mergedHere.Without(mergedHere.NamedFields().Except(kept)));
        }

        return pruned;
    }
}
