using ManagedFieldsEntry = KubeSharp.Machinery.MetaV1.ManagedFieldsEntry;

namespace KubeSharp.ApiServer.FieldManagement;

/// <summary>
/// Who owns what after a write. An update takes what it changes from everybody else; an apply owns what it lists, conflicts with others who
/// own what it would change, and gives up what it no longer lists, which is then removed unless someone else owns it.
/// </summary>
internal sealed class FieldOwnership(TimeProvider clock)
{
    /// <summary>Owns what an object had before anyone's fields were recorded.</summary>
    private const string BeforeFirstApply = "before-first-apply";

    /// <returns>The same list if the write changes nothing of it.</returns>
    public IReadOnlyList<FieldOwner> Update(FieldScope scope, FieldDocument live, FieldDocument wanted, IReadOnlyList<FieldOwner> owners, string manager)
    {
        var changes = new FieldChanges(scope, live, wanted);
        var here = changes.Here;
        if (here.IsNone)
            return owners;

        var self = Self(scope, manager, FieldOwner.Update);
        var left = Settle(changes, owners, self);
        if (here.Taken.IsEmpty)
            return left;

        var at = left.FindIndex(o => o.IsSameAs(self));
        if (at < 0)
            left.Add(new(self, here.Taken));
        else
            left[at] = new(left[at].Entry with { Time = self.Time }, left[at].Fields.Union(here.Taken));
        return FieldOwners.Cap(left);
    }

    /// <param name="mayForce">Whether fields are taken from others.</param>
    public ApplyOutcome Apply(FieldScope scope, FieldDocument live, FieldDocument applied, IReadOnlyList<FieldOwner> owners, string manager, bool mayForce)
    {
        if (owners.Count == 0)
        {
            using var nothing = scope.Document(scope.Nothing);
            owners = Update(scope, nothing, live, owners, BeforeFirstApply);
        }

        owners = [.. owners.Select(o => Reconciled(scope, o, live)).OfType<FieldOwner>()];
        var entry = Self(scope, manager, FieldOwner.Apply);
        var last = owners.FirstOrDefault(o => o.IsSameAs(entry));
        var self = new FieldOwner(entry, scope.Filter(applied.Fields));
        var others = owners.Where(o => !ReferenceEquals(o, last)).ToList();

        var merged = live.MergedWith(applied);
        if (last is not null && !last.Fields.Except(self.Fields).IsEmpty)
            merged = new FieldPruning(scope, [.. others, self]).Prune(merged, last);

        var changes = new FieldChanges(scope, live, merged);
        var conflicts = others.Select(o => new FieldConflict(o, changes.At(o.ApiVersion) is { } change ? o.Fields.Intersect(change.Taken) : FieldSet.Empty))
            .Where(c => !c.Fields.IsEmpty).OrderBy(c => c.Owner.Id).ToList();
        return conflicts.Count > 0 && !mayForce
            ? new(merged, owners, conflicts)
            : new(merged, [.. Settle(changes, others, entry), self], []);
    }

    /// <summary>The owners without what the write took from them or removed; who has nothing left goes, and so does who wrote in a version that is gone.</summary>
    /// <param name="self">The writer keeps what it takes, and so often its whole set as it is.</param>
    private static List<FieldOwner> Settle(FieldChanges changes, IReadOnlyList<FieldOwner> owners, ManagedFieldsEntry self)
    {
        var left = new List<FieldOwner>(owners.Count + 1);
        foreach (var owner in owners)
        {
            if (changes.At(owner.ApiVersion) is not { } change)
                continue;

            var fields = FieldSchemas.Reconcile(owner.Fields, change.Schema).Except(change.Removed);
            if (!owner.IsSameAs(self))
                fields = fields.Except(change.Taken);
            if (!fields.IsEmpty)
                left.Add(ReferenceEquals(fields, owner.Fields) ? owner : owner with { Fields = fields });
        }

        return left;
    }

    private static FieldOwner? Reconciled(FieldScope scope, FieldOwner owner, FieldDocument live)
    {
        var document = scope.Convert(live, owner.ApiVersion);
        if (document is null)
            return null;

        var fields = FieldSchemas.Reconcile(owner.Fields, document.Schema);
        if (!ReferenceEquals(document, live))
            document.Dispose();
        return ReferenceEquals(fields, owner.Fields) ? owner : owner with { Fields = fields };
    }

    private ManagedFieldsEntry Self(FieldScope scope, string manager, string operation) => new()
    {
        Manager = manager.Length > 0 ? manager : "unknown",
        Operation = operation,
        ApiVersion = scope.ApiVersion,
        Subresource = scope.Subresource,
        FieldsType = "FieldsV1",
        Time = Verbs.Times.TruncatedToSeconds(clock.GetUtcNow()),
    };
}

/// <param name="Merged">The object that results; the caller disposes it.</param>
/// <param name="Conflicts">If there are any, the apply is refused.</param>
internal sealed record ApplyOutcome(FieldDocument Merged, IReadOnlyList<FieldOwner> Owners, IReadOnlyList<FieldConflict> Conflicts);

/// <param name="Fields">What the owner owns and the apply would change.</param>
internal sealed record FieldConflict(FieldOwner Owner, FieldSet Fields);
