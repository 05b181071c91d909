using KubeSharp.Objects.AutoscalingV1;
using ManagedFieldsEntry = KubeSharp.Machinery.MetaV1.ManagedFieldsEntry;

namespace KubeSharp.ApiServer.FieldManagement;

/// <summary>
/// Ownership of the number of replicas, whether it is written through the object or its scale: the owners of the one field are shown to a
/// write of the scale as owners of the scale's, and what comes of it is translated back.
/// </summary>
/// <param name="apiVersion">The parent's.</param>
/// <param name="replicas">The one place in the parent.</param>
internal sealed class ScaleFields(FieldOwnership ownership, FieldOwners owners, string apiVersion, FieldSet replicas)
{
    private static readonly ScaleScope Scope = new();

    /// <summary>The parent's managed fields after a plain write of the scale.</summary>
    /// <param name="parent">The parent's before.</param>
    public IReadOnlyList<ManagedFieldsEntry> Updated(IReadOnlyList<ManagedFieldsEntry> parent, Scale live, Scale wanted, string manager)
    {
        var before = owners.Before(parent, [], isSubresource: true);
        var scale = ToScale(before);
        using var was = Scope.Document(Json.Encode(live));
        using var now = Scope.Document(Json.Encode(wanted));
        // As with any object without recorded owners: only an apply begins to record them.
        var after = scale.Count == 0 ? scale : ownership.Update(Scope, was, now, scale, manager);
        return owners.Write(ToParent(before, after));
    }

    /// <exception cref="ApiException">409: conflicts. 400, 500: not a scale.</exception>
    public (Scale Wanted, IReadOnlyList<ManagedFieldsEntry> Parent) Applied(IReadOnlyList<ManagedFieldsEntry> parent, Scale live, ReadOnlyMemory<byte> patch, string manager, bool mayForce)
    {
        var before = owners.Before(parent, [], isSubresource: true);
        var applied = new FieldApplier(ownership, owners, Scope).Apply(Json.Encode(live), owners.Write(ToScale(before)), patch, manager, mayForce);
        return (Json.Decode<Scale>(applied.Json.Span), owners.Write(ToParent(before, owners.Read(applied.Entries))));
    }

    private List<FieldOwner> ToScale(IReadOnlyList<FieldOwner> parent) =>
    [
        .. parent.Where(o => o.ApiVersion == apiVersion && OwnsReplicas(o))
            .Select(o => new FieldOwner(o.Entry with { ApiVersion = Scope.ApiVersion }, ScaleScope.Replicas)),
    ];

    private List<FieldOwner> ToParent(IReadOnlyList<FieldOwner> parent, IReadOnlyList<FieldOwner> scale)
    {
        var rest = scale.Where(o => !o.Fields.Intersect(ScaleScope.Replicas).IsEmpty).ToList();
        var result = new List<FieldOwner>();
        foreach (var owner in parent)
        {
            var kept = rest.FindIndex(o => o.IsSameAs(owner.Entry with { ApiVersion = Scope.ApiVersion }));
            if (kept >= 0 && OwnsReplicas(owner))
                rest.RemoveAt(kept);
            result.Add(kept < 0 && OwnsReplicas(owner) ? owner with { Fields = owner.Fields.Except(replicas) } : owner);
        }

        return [.. result, .. rest.Select(o => new FieldOwner(o.Entry with { ApiVersion = apiVersion }, replicas))];
    }

    private bool OwnsReplicas(FieldOwner owner) => !owner.Fields.Intersect(replicas).IsEmpty;
}

/// <summary>The one version of a scale.</summary>
internal sealed class ScaleScope() : FieldScope("autoscaling/v1", "Scale", Schemas.Of<Scale>(), "scale")
{
    public static readonly FieldSet Replicas = FieldSet.Of("spec.replicas");

    private static readonly FieldSet NotOwned = FieldSet.Of("status", "metadata", "kind", "apiVersion");

    public override ReadOnlyMemory<byte> Nothing { get; } = Json.Encode(Scale.Empty);

    public override FieldSet Filter(FieldSet set) => set.ExceptTrees(NotOwned);

    public override FieldDocument? Convert(FieldDocument document, string apiVersion) => apiVersion == ApiVersion ? document : null;
}
