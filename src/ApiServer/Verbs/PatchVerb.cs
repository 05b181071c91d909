using System.Text;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.FieldManagement;
using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.Verbs;

/// <summary>PATCH: the patch makes a document out of the present one; that goes the way of an update.</summary>
/// <remarks>
/// A patch that names no resourceVersion is applied again to the newer state when another writer was first.
/// </remarks>
internal sealed class PatchVerb(UpdateVerb update, ApplyVerb apply)
{
    /// <summary>How often a patch is applied anew to a state that others keep changing, as upstream.</summary>
    public const int MaxAttempts = 5;

    public async Task<(StoredObject Object, bool IsNew)> RunAsync(
        ServedResource resource, ServedResource stored, ObjectKey key, string subresource, PatchBody patch, WriteOptions options, CancellationToken ct)
    {
        if (patch.ContentType == PatchDocuments.ApplyType)
            return await apply.RunAsync(resource, stored, key, subresource, patch, options, ct);

        var parsed = PatchDocuments.Read(patch, options);
        var attempts = 0;
        return await update.RunAsync(stored, key, subresource, Produce, options, mayCreate: false, ct);

        IObject Produce(StoredObject? current)
        {
            if (attempts++ == MaxAttempts)
                throw ApiException.Modified(resource.Type.Group, resource.Type.Plural, key.Name);
            if (current is null)
                throw UpdateVerb.NotFound(resource, key);

            var document = JsonNodes.Parse(current.As(resource).Json.Span, DecodeContext.Lenient)!;
            var patched = PatchDocuments.Apply(patch, document, resource.Kind.Codec.Schema, parsed);
            parsed = null; // its nodes may stand in the result by now
            CheckType(resource, patched);
            if (patch.ContentType == PatchDocuments.StrategicType && RestoreCheck.Problem(patched, resource.Kind.Codec.Schema) is { } problem)
                throw Unfit(GoText.Of(PatchDocuments.Parse(patch)), problem);
            var obj = Decode(resource.Kind.Codec, patched, options);
            return resource.StoredForm is { } form ? form.ToStored(obj) : obj;
        }
    }

    private static void CheckType(ServedResource resource, JsonNode? patched)
    {
        var type = resource.Type;
        var (kind, version) = patched is JsonObject obj ? (Text(obj["kind"]), Text(obj["apiVersion"])) : ("", "");
        if (kind != type.Kind || version != type.ApiVersion)
            throw Unfit(Written(patched), $"the result is a {kind} of {version}; a patch cannot make it anything but a {type.Kind} of {type.ApiVersion}");
    }

    /// <summary>422 as upstream words it: the whole result, and why it is none.</summary>
    private static ApiException Unfit(string shown, string why)
    {
        var findings = new Findings();
        findings.Invalid("patch", shown, why);
        return ApiException.Invalid("", "", "", findings);
    }

    private static string Written(JsonNode? patched) => Encoding.UTF8.GetString(JsonBytes.Of(patched).Span);

    /// <exception cref="ApiException">422: the result is no such object. 400: it has unknown fields and the client is strict.</exception>
    public static IObject Decode(ObjectCodec codec, JsonNode? patched, WriteOptions options)
    {
        var context = options.Decoding();
        IObject obj;
        try
        {
            obj = codec.Decode(JsonBytes.Of(patched).Span, context);
        }
        catch (DecodeException e)
        {
            throw Unfit(Written(patched), e.Message);
        }

        options.Tell(context);
        return obj;
    }

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
}
