using System.Globalization;
using KubeSharp.ApiServer.Admission;
using KubeSharp.ApiServer.Allocation;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.WatchCache;
using KubeSharp.Store;

namespace KubeSharp.ApiServer.Verbs;

/// <summary>PUT, and the way every other change of a stored object takes.</summary>
internal sealed class UpdateVerb(Caches caches, ObjectWriter writer, AdmissionChain admission, ServiceAllocation services, CreateVerb create)
{
    /// <param name="produce">Makes the wanted state out of the present one (null: there is none); called again when another writer was first.</param>
    /// <param name="mayCreate">Whether a name that is not there is created though the kind does not create on update (apply).</param>
    public async Task<(StoredObject Object, bool IsNew)> RunAsync(
        ServedResource resource, ObjectKey key, string subresource, Func<StoredObject?, IObject> produce, WriteOptions options, bool mayCreate, CancellationToken ct)
    {
        while (true)
        {
            if (await caches.FindAsync(resource, key, ct) is not { } current)
            {
                if (subresource.Length > 0 || !(resource.Kind.CreatesOnUpdate || mayCreate))
                    throw NotFound(resource, key);
                if (await TryCreateAsync(resource, key, produce(null), options, ct) is { } created)
                    return (created, true);
                continue;
            }

            if (await TryUpdateAsync(current, subresource, produce(current), options, ct) is { } updated)
                return (updated, false);
        }
    }

    public static ApiException NotFound(ServedResource resource, ObjectKey key) => ApiException.NotFound(resource.Type.Group, resource.Type.Plural, key.Name);

    private async Task<StoredObject?> TryCreateAsync(ServedResource resource, ObjectKey key, IObject wanted, WriteOptions options, CancellationToken ct)
    {
        CheckNames(key, wanted.Metadata);
        if (wanted.Metadata.ResourceVersion is not ("" or "0") || wanted.Metadata.Uid.Length > 0)
            throw NotFound(resource, key);

        try
        {
            return await create.RunAsync(resource, wanted.CopyWith(wanted.Metadata with { Name = key.Name, Namespace = key.Namespace, ResourceVersion = "" }), options, ct);
        }
        catch (ApiException e) when (e.IsAlreadyExists)
        {
            return null; // someone created it meanwhile: then this is an update
        }
    }

    private async Task<StoredObject?> TryUpdateAsync(StoredObject current, string subresource, IObject wanted, WriteOptions options, CancellationToken ct)
    {
        var (resource, old) = (current.Resource, current.Object);
        CheckNames(current.Key, wanted.Metadata);
        CheckVersion(current, wanted.Metadata);

        var obj = resource.Kind.ApplyDefaults(wanted.CopyWith(MetadataRules.Inherit(old.Metadata, MetadataRules.WithOwnersOnce(wanted.Metadata, options.Warn))));
        obj = options.Fields?.Updated(current, obj) ?? obj;
        var managed = obj.Metadata.ManagedFields;
        if (subresource.Length > 0)
            obj = SubresourceWrites.Take(resource, subresource, old, obj);

        var form = options.AdmittedAs;
        var shown = form is null ? obj : form.Show(obj);
        var request = new AdmissionRequest(AdmissionVerb.Update, resource, form?.Subresource ?? subresource, current.Key, options)
        {
            Object = shown,
            Old = form is null ? old : form.Show(old),
            BodyType = form?.Type,
        };
        await admission.AdmitAsync(request, ct);
        if (!ReferenceEquals(request.Object, shown))
            obj = resource.Kind.ApplyDefaults(form is null ? request.Object! : form.Take(obj, request.Object!));

        obj = Prepare(resource, subresource, old, obj);
        if (!ReferenceEquals(obj.Metadata.ManagedFields, managed))
            obj = obj.CopyWith(obj.Metadata with { ManagedFields = managed }); // of a part of the old object: the owners are the new ones
        Validate(resource, subresource, old, obj, options);
        await using var claims = subresource.Length == 0 ? await services.ClaimAsync(old, obj, options, ct) : null;
        obj = claims?.Service ?? obj;
        request.Object = form is null ? obj : form.Show(obj);
        await admission.ValidateAsync(request, ct);

        return await WriteAsync(current, obj, claims, options, ct);
    }

    private async Task<StoredObject?> WriteAsync(StoredObject current, IObject obj, ServiceClaims? claims, WriteOptions options, CancellationToken ct)
    {
        claims?.ThrowIfLate();
        try
        {
            var isLast = IsLastWord(current.Object, obj);
            var held = isLast ? services.HeldBy(obj) : null;
            var stored = isLast ? await writer.TryDeleteAsync(current, obj, options, ct) : await writer.TryUpdateAsync(current, obj, options, ct);
            if (stored is not null && claims is not null)
                await claims.KeepAsync();
            if (stored is not null && !options.IsDryRun)
                await services.ReleaseAsync(held);
            return stored;
        }
        catch (StoreException)
        {
            claims?.Abandon();
            throw;
        }
    }

    private IObject Prepare(ServedResource resource, string subresource, IObject old, IObject obj)
    {
        var kind = resource.Kind;
        if (subresource is "status" or "approval")
            return Kept(kind.PrepareForStatusUpdate(old, obj));
        if (subresource.Length > 0)
            return obj;

        obj = kind.PrepareForUpdate(old, obj);
        if (obj is Service service)
            obj = services.Prepare((Service)old, service);
        return kind.TracksGeneration && HasNewSpec(resource, old, obj) ? obj.CopyWith(obj.Metadata with { Generation = old.Metadata.Generation + 1 }) : obj;

        // A status write changes no version of the wish.
        IObject Kept(IObject o) => o.CopyWith(o.Metadata with { Generation = old.Metadata.Generation });
    }

    /// <summary>Whether anything but metadata and status differs.</summary>
    private static bool HasNewSpec(ServedResource resource, IObject old, IObject obj) =>
        !StoredJson.Encode(resource, Bare(old)).AsSpan().SequenceEqual(StoredJson.Encode(resource, Bare(obj)));

    private static IObject Bare(IObject obj) => obj.CopyWith(ObjectMeta.Empty).WithStatusOf(null);

    private static void Validate(ServedResource resource, string subresource, IObject old, IObject obj, WriteOptions options)
    {
        var findings = new Findings();
        MetadataRules.ValidateUpdate(resource, old.Metadata, obj.Metadata, findings);
        if (subresource == "status")
            resource.Kind.ValidateStatusUpdate(old, obj, findings);
        else if (subresource.Length == 0)
            resource.Kind.ValidateUpdate(old, obj, findings);
        else
            SubresourceWrites.Validate(subresource, old, obj, findings);

        foreach (var warning in findings.Warnings)
            options.Warn(warning);
        if (findings.Any)
            throw ApiException.Invalid(resource.Type.Group, resource.Type.Kind, obj.Metadata.Name, findings);
    }

    /// <summary>An object that is being deleted goes when nobody holds it any longer.</summary>
    private static bool IsLastWord(IObject old, IObject obj) => obj is Namespace ns
        ? Namespaces.IsFinished(ns)
        : old.Metadata is { DeletionTimestamp: not null, DeletionGracePeriodSeconds: null or 0 } && obj.Metadata.Finalizers.Count == 0;

    private static void CheckNames(ObjectKey key, ObjectMeta metadata)
    {
        if (metadata.Name.Length == 0)
            throw ApiException.BadRequest($"the name of the object ({key.Name} based on URL) was undeterminable: name must be provided");
        if (metadata.Name != key.Name)
            throw ApiException.BadRequest($"the name of the object ({metadata.Name}) does not match the name on the URL ({key.Name})");
        if (metadata.Namespace.Length > 0 && metadata.Namespace != key.Namespace)
            throw ApiException.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
    }

    private static void CheckVersion(StoredObject current, ObjectMeta wanted)
    {
        var type = current.Resource.Type;
        var uid = current.Object.Metadata.Uid;
        if (wanted.Uid.Length > 0 && wanted.Uid != uid)
            throw ApiException.Conflict(type.Group, type.Plural, current.Key.Name, $"Precondition failed: UID in precondition: {wanted.Uid}, UID in object meta: {uid}");

        if (wanted.ResourceVersion is "" or "0")
        {
            if (current.Resource.Kind.UpdatesUnconditionally)
                return;

            var findings = new Findings();
            findings.AddRange([new("metadata.resourceVersion", "FieldValueInvalid", "Invalid value: 0: must be specified for an update")]);
            throw ApiException.Invalid(type.Group, type.Plural, current.Key.Name, findings);
        }

        if (!long.TryParse(wanted.ResourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            throw ApiException.BadRequest($"metadata.resourceVersion: Invalid value: \"{wanted.ResourceVersion}\": must be a version the server gave out");
        if (version != current.Revision)
            throw ApiException.Modified(type.Group, type.Plural, current.Key.Name);
    }
}
