using KubeSharp.ApiServer.Registry;
using ManagedFieldsEntry = KubeSharp.Machinery.MetaV1.ManagedFieldsEntry;

namespace KubeSharp.ApiServer.FieldManagement;

/// <summary>Records in managedFields what one plain write (create, update, any patch but an apply) changes.</summary>
/// <remarks>Runs after defaults and before admission: what admission or the server adds is nobody's.</remarks>
internal sealed class FieldRecorder(FieldOwnership ownership, FieldOwners owners, ResourceScope scope, string manager)
{
    /// <param name="obj">In the stored form, as all objects here.</param>
    public IObject Created(IObject obj)
    {
        var before = owners.Before([], obj.Metadata.ManagedFields, isSubresource: false);
        var bare = With(obj, Nil.List<ManagedFieldsEntry>());
        using var live = scope.Document(scope.Nothing);
        using var wanted = scope.Document(scope.Encode(bare));
        return With(bare, owners.Write(ownership.Update(scope, live, wanted, before, manager)));
    }

    public IObject Updated(StoredObject current, IObject obj)
    {
        var was = current.Object.Metadata.ManagedFields;
        var before = owners.Before(was, obj.Metadata.ManagedFields, scope.Subresource.Length > 0);
        // Until someone applies it, an object whose managed fields were reset goes without.
        if (before.Count == 0)
            return With(obj, Nil.List<ManagedFieldsEntry>());

        // What no one owns is left as it was, so that metadata is seen to be equal if nothing else of it has changed.
        var same = obj.CopyWith(obj.Metadata with { ManagedFields = was, ResourceVersion = current.Object.Metadata.ResourceVersion });
        var (old, now) = (current.As(scope.View).Json, scope.Encode(same));
        if (before.All(o => o.ApiVersion == scope.ApiVersion))
            (old, now) = ChangedMembers.Of(old, now); // in another version what is equal here may be needed to convert the rest
        using var live = scope.Document(old);
        using var wanted = scope.Document(now);
        var after = ownership.Update(scope, live, wanted, before, manager);
        return With(obj, owners.Write(after));
    }

    private static IObject With(IObject obj, IReadOnlyList<ManagedFieldsEntry> entries) =>
        ReferenceEquals(obj.Metadata.ManagedFields, entries) ? obj : obj.CopyWith(obj.Metadata with { ManagedFields = entries });
}
