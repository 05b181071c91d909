using KubeSharp.ApiServer.FieldManagement;
using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.Verbs;

/// <summary>PATCH with <c>application/apply-patch+yaml</c>: makes the object have the fields that the manager lists, and creates it if it is not there.</summary>
internal sealed class ApplyVerb(UpdateVerb update, FieldManagers fields)
{
    public Task<(StoredObject Object, bool IsNew)> RunAsync(
        ServedResource resource, ServedResource stored, ObjectKey key, string subresource, PatchBody patch, WriteOptions options, CancellationToken ct)
    {
        if (options.FieldManager.Length == 0)
        {
            var findings = new Findings();
            findings.Required("fieldManager", "is required for apply patch");
            throw ApiException.Invalid("meta.k8s.io", "PatchOptions", "", findings);
        }

        DuplicateKeys.Check(patch.Json, options);
        var applier = fields.Applier(resource, subresource);
        var attempts = 0;
        // The fields are recorded here; what the update makes of the object besides is nobody's.
        return update.RunAsync(stored, key, subresource, Produce, options with { Fields = null }, mayCreate: true, ct);

        IObject Produce(StoredObject? current)
        {
            if (attempts++ == PatchVerb.MaxAttempts)
                throw ApiException.Modified(resource.Type.Group, resource.Type.Plural, key.Name);

            var live = current?.As(resource);
            var applied = applier.Apply(live?.Json ?? default, live?.Object.Metadata.ManagedFields ?? [], patch.Json, options.FieldManager, patch.Force);
            var obj = applied.On(Decode(resource, applied));
            if (current is null && obj.Metadata.Uid.Length > 0)
                throw ApiException.Conflict(resource.Type.Group, resource.Type.Plural, key.Name, $"uid mismatch: the provided object specified uid {obj.Metadata.Uid}, and no existing object was found");
            return resource.StoredForm is { } form ? form.ToStored(obj) : obj;
        }
    }

    /// <summary>The schema has been checked; what is left to go wrong is the form of a value (a quantity, a time).</summary>
    private static IObject Decode(ServedResource resource, Applied applied)
    {
        try
        {
            return resource.Kind.Codec.Decode(applied.Json.Span, DecodeContext.Lenient);
        }
        catch (DecodeException e)
        {
            throw ApiException.BadRequest($"failed to convert new object to proper version ({resource.Type.ApiVersion}): {e.Message}");
        }
    }
}
