using System.Globalization;
using KubeSharp.ApiServer.FieldManagement;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.ApiServer.WatchCache;

namespace KubeSharp.ApiServer.History;

/// <summary>Writes an old version as a client would: by create or update.</summary>
internal sealed class Restoring(Resources resources, Caches caches, CreateVerb create, UpdateVerb update, FieldManagers fields)
{
    /// <param name="version">In the form of the resource in which it is written.</param>
    public async Task<StoredObject> CreateAsync(ServedResource resource, StoredObject version, WriteOptions options, CancellationToken ct)
    {
        if (version.Object.Metadata.Finalizers is { Count: > 0 } finalizers)
            options.Warn($"metadata.finalizers: {string.Join(", ", finalizers)} not restored");
        var obj = RestoredForm.ToCreate(version.Object, Text(version), await LivingOwnersAsync(version, options, ct));
        return await create.RunAsync(StoredAs(resource), obj, Of(resource, options) with { Restored = version }, ct);
    }

    /// <param name="version">In the form of the resource in which it is written.</param>
    public async Task<StoredObject> UpdateAsync(ServedResource resource, StoredObject version, WriteOptions options, CancellationToken ct)
    {
        var owners = await LivingOwnersAsync(version, options, ct);
        var (obj, _) = await update.RunAsync(StoredAs(resource), version.Key, "", Produce, Of(resource, options), mayCreate: false, ct);
        return obj;

        IObject Produce(StoredObject? current)
        {
            if (current is null)
                throw UpdateVerb.NotFound(resource, version.Key); // deleted meanwhile
            return current.Revision == version.Revision ? current.Object : RestoredForm.ToUpdate(version.Object, Text(version), owners, current.Object);
        }
    }

    /// <summary>An owner that is gone would have the object collected at once.</summary>
    private async Task<IReadOnlyList<OwnerReference>> LivingOwnersAsync(StoredObject version, WriteOptions options, CancellationToken ct)
    {
        var living = new List<OwnerReference>();
        foreach (var owner in version.Object.Metadata.OwnerReferences)
        {
            if (await LivesAsync(owner, version.Key.Namespace, ct))
                living.Add(owner);
            else
                options.Warn($"metadata.ownerReferences: {owner.Kind} \"{owner.Name}\" with uid {owner.Uid} is gone and no longer an owner");
        }

        return living;
    }

    private async Task<bool> LivesAsync(OwnerReference owner, string ns, CancellationToken ct)
    {
        var slash = owner.ApiVersion.IndexOf('/', StringComparison.Ordinal);
        var (group, version) = slash < 0 ? ("", owner.ApiVersion) : (owner.ApiVersion[..slash], owner.ApiVersion[(slash + 1)..]);
        // Of the version in which it was named the owner may no longer be served; of another it is the same.
        var resource = resources.FindKind(group, version, owner.Kind) ?? resources.All.FirstOrDefault(r => r.IsStored && r.Type.Group == group && r.Type.Kind == owner.Kind);
        if (resource is null)
            return false;

        var found = await caches.FindAsync(StoredAs(resource), new(resource.Type.Namespaced ? ns : "", owner.Name), ct);
        return found?.Object.Metadata.Uid == owner.Uid;
    }

    private WriteOptions Of(ServedResource resource, WriteOptions options) => options with
    {
        Fields = fields.Recorder(resource, "", options.FieldManager),
        Requested = resource.StoredForm is null ? null : resource,
    };

    private static ServedResource StoredAs(ServedResource resource) => resource.StoredForm?.Resource ?? resource;

    private static string Text(StoredObject version) => version.Revision.ToString(CultureInfo.InvariantCulture);
}
