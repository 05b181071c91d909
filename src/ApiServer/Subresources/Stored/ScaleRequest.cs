using System.Text.Json.Nodes;
using KubeSharp.ApiServer.FieldManagement;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.Objects.AutoscalingV1;

namespace KubeSharp.ApiServer.Subresources.Stored;

/// <summary>What every <c>…/scale</c> has in common, wherever its numbers stand in the object.</summary>
internal static class ScaleRequest
{
    public static ObjectCodec Codec { get; } = new ObjectCodec<Scale>();

    public static Scale Of(ObjectMeta parent, int replicas, int actual, string selector) => new()
    {
        Kind = "Scale",
        ApiVersion = "autoscaling/v1",
        Metadata = new()
        {
            Name = parent.Name,
            Namespace = parent.Namespace,
            Uid = parent.Uid,
            ResourceVersion = parent.ResourceVersion,
            CreationTimestamp = parent.CreationTimestamp,
        },
        Spec = new() { Replicas = replicas },
        Status = new() { Replicas = actual, Selector = selector },
    };

    /// <summary>The scale that a write asks for, and the parent's metadata with it.</summary>
    /// <param name="parent">The parent's metadata now.</param>
    /// <param name="live">Its scale now.</param>
    /// <exception cref="ApiException">400: not this object's scale. 409: fields are owned by others.</exception>
    public static (Scale Scale, ObjectMeta Parent) Wanted(SubresourceCall call, ObjectMeta parent, Scale live, ScaleFields owners)
    {
        var (scale, managed) = call.Patch is { ContentType: PatchDocuments.ApplyType } apply
            ? owners.Applied(parent.ManagedFields, live, apply.Json, call.Options.FieldManager, apply.Force)
            : (call.Patch is null ? (Scale)call.Posted! : Patched(call, live), null);
        managed ??= owners.Updated(parent.ManagedFields, live, scale, call.Options.FieldManager);
        if (scale.Metadata.Name != call.Key.Name)
            throw ApiException.BadRequest($"the name of the object ({scale.Metadata.Name}) does not match the name on the URL ({call.Key.Name})");

        // Without a version the number is set on whatever is there now.
        return (scale, parent with
        {
            ManagedFields = managed,
            ResourceVersion = scale.Metadata.ResourceVersion.Length > 0 ? scale.Metadata.ResourceVersion : parent.ResourceVersion,
            Uid = scale.Metadata.Uid.Length > 0 ? scale.Metadata.Uid : parent.Uid,
        });
    }

    private static Scale Patched(SubresourceCall call, Scale current)
    {
        var document = JsonNode.Parse(Json.Encode(current))!;
        var patched = PatchDocuments.Apply(call.Patch!, document, Codec.Schema);
        return (Scale)PatchVerb.Decode(Codec, patched, call.Options);
    }
}
