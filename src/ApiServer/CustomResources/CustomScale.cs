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
    public ObjectCodec Codec => ScaleRequest.Codec;

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
        var path = ScaleOf(call.Resource).SpecReplicasPath;
        var (scale, metadata) = ScaleRequest.Wanted(call, obj.Metadata, Of(call.Resource, obj, absent: 0), fields.Scale(call.Resource, path.TrimStart('.')));
        var content = (JsonObject)obj.Content.DeepClone();
        Put(content, ScaleRules.Steps(path), scale.Spec.Replicas);
        return (Unstructured)obj.WithContent(content).CopyWith(metadata);
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

    private static CustomResourceSubresourceScale ScaleOf(ServedResource resource) => ((CustomKind)resource.Kind).Scale!;

    /// <param name="absent">The number where the object has none; without it that is an error.</param>
    private static Scale Of(ServedResource resource, IObject obj, long? absent = null)
    {
        var (paths, content) = (ScaleOf(resource), ((Unstructured)obj).Content);
        var replicas = ScaleRules.Integer(content, paths.SpecReplicasPath) ?? absent
            ?? throw ApiException.Internal($"the spec replicas field \"{paths.SpecReplicasPath}\" does not exist");
        var selector = paths.LabelSelectorPath is { Length: > 0 } path ? ScaleRules.Text(content, path) : "";
        return ScaleRequest.Of(obj.Metadata, (int)replicas, (int)(ScaleRules.Integer(content, paths.StatusReplicasPath) ?? 0), selector);
    }
}
