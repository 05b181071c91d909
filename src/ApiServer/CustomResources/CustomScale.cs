using System.Text.Json.Nodes;
using KubeSharp.ApiServer.FieldManagement;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Subresources.Stored;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.ApiServer.WatchCache;
using KubeSharp.Objects.ApiextensionsV1;
using KubeSharp.Objects.AutoscalingV1;

namespace KubeSharp.ApiServer.CustomResources;

/// <summary><c>…/scale</c> of custom resources: their definition says where the numbers are.</summary>
internal sealed class CustomScale(Caches caches, UpdateVerb update, FieldManagers fields) : IStoredSubresource
{
    public ObjectCodec Codec { get; } = new ObjectCodec<Scale>();

    public bool Serves(ServedResource resource, string subresource) => subresource == "scale" && resource.Kind is CustomKind { Scale: not null };

    public async Task<SubresourceAnswer> HandleAsync(SubresourceCall call, CancellationToken ct)
    {
        if (call.Verb == SubresourceVerb.Get)
        {
            var found = await caches.FindAsync(call.Resource, call.Key, ct) ?? throw UpdateVerb.NotFound(call.Resource, call.Key);
            return new(200, Of(call.Resource, found.Object));
        }

        if (call.Verb == SubresourceVerb.Create)
            throw ApiException.MethodNotAllowed("create", call.Resource.Type.Group, call.Resource.Type.Plural);
        var (written, _) = await update.RunAsync(call.Resource, call.Key, "", current => Scaled(call, current), call.Options, mayCreate: false, ct);
        return new(200, Of(call.Resource, written.Object));
    }

    private Unstructured Scaled(SubresourceCall call, StoredObject? current)
    {
        var obj = (Unstructured)(current?.Object ?? throw UpdateVerb.NotFound(call.Resource, call.Key));
        var (live, owners) = (Of(call.Resource, obj), fields.Scale(call.Resource, ScaleOf(call.Resource).SpecReplicasPath.TrimStart('.')));
        var (scale, managed) = call.Patch is { ContentType: PatchDocuments.ApplyType } apply
            ? owners.Applied(obj.Metadata.ManagedFields, live, apply.Json, call.Options.FieldManager, apply.Force)
            : (call.Patch is null ? (Scale)call.Posted! : Patched(call, live), null);
        managed ??= owners.Updated(obj.Metadata.ManagedFields, live, scale, call.Options.FieldManager);
        if (scale.Metadata.Name != call.Key.Name)
            throw ApiException.BadRequest($"the name of the object ({scale.Metadata.Name}) does not match the name on the URL ({call.Key.Name})");

        // Without a version the number is set on whatever is there now.
        var metadata = obj.Metadata with { ManagedFields = managed };
        if (scale.Metadata.ResourceVersion.Length > 0)
            metadata = metadata with { ResourceVersion = scale.Metadata.ResourceVersion };
        var content = (JsonObject)obj.Content.DeepClone();
        Put(content, ScaleRules.Steps(ScaleOf(call.Resource).SpecReplicasPath), scale.Spec.Replicas);
        return (Unstructured)obj.WithContent(content).CopyWith(scale.Metadata.Uid.Length > 0 ? metadata with { Uid = scale.Metadata.Uid } : metadata);
    }

    private static void Put(JsonObject content, ReadOnlySpan<string> path, long replicas)
    {
        var at = content;
        foreach (var step in path[..^1])
        {
            if (at[step] is not JsonObject next)
                at[step] = next = [];
            at = next;
        }

        at[path[^1]] = replicas;
    }

    private Scale Patched(SubresourceCall call, Scale current)
    {
        var document = JsonNode.Parse(Json.Encode(current))!;
        var patched = PatchDocuments.Apply(call.Patch!, document, Codec.Schema);
        return (Scale)PatchVerb.Decode(Codec, patched, call.Options);
    }

    private static CustomResourceSubresourceScale ScaleOf(ServedResource resource) => ((CustomKind)resource.Kind).Scale!;

    private static Scale Of(ServedResource resource, IObject obj)
    {
        var (paths, content, metadata) = (ScaleOf(resource), ((Unstructured)obj).Content, obj.Metadata);
        var replicas = ScaleRules.Integer(content, paths.SpecReplicasPath)
            ?? throw ApiException.Internal($"the spec replicas field \"{paths.SpecReplicasPath}\" does not exist");
        return new()
        {
            Kind = "Scale",
            ApiVersion = "autoscaling/v1",
            Metadata = new()
            {
                Name = metadata.Name,
                Namespace = metadata.Namespace,
                Uid = metadata.Uid,
                ResourceVersion = metadata.ResourceVersion,
                CreationTimestamp = metadata.CreationTimestamp,
            },
            Spec = new() { Replicas = (int)replicas },
            Status = new()
            {
                Replicas = (int)(ScaleRules.Integer(content, paths.StatusReplicasPath) ?? 0),
                Selector = paths.LabelSelectorPath is { Length: > 0 } path ? ScaleRules.Text(content, path) : "",
            },
        };
    }
}
