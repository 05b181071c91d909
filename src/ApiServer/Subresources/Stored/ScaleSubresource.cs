using System.Text.Json.Nodes;
using KubeSharp.ApiServer.FieldManagement;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.ApiServer.WatchCache;
using KubeSharp.Objects.AppsV1;
using KubeSharp.Objects.AutoscalingV1;

namespace KubeSharp.ApiServer.Subresources.Stored;

/// <summary><c>…/scale</c>: the number of replicas of a workload, as the one thing that an autoscaler must know.</summary>
internal sealed class ScaleSubresource(Caches caches, UpdateVerb update, FieldManagers fields) : IStoredSubresource
{
    public ObjectCodec Codec { get; } = new ObjectCodec<Scale>();

    public bool Serves(ServedResource resource, string subresource) => subresource == "scale"
        && resource.Type is { Group: "apps", Plural: "deployments" or "replicasets" or "statefulsets" } or { Group: "", Plural: "replicationcontrollers" };

    public async Task<SubresourceAnswer> HandleAsync(SubresourceCall call, CancellationToken ct)
    {
        if (call.Verb == SubresourceVerb.Get)
        {
            var found = await caches.FindAsync(call.Resource, call.Key, ct)
                ?? throw ApiException.NotFound(call.Resource.Type.Group, call.Resource.Type.Plural + "/scale", call.Key.Name);
            return new(200, Of(found.Object));
        }

        if (call.Verb == SubresourceVerb.Create)
            throw ApiException.MethodNotAllowed("create", call.Resource.Type.Group, call.Resource.Type.Plural);
        var (written, _) = await update.RunAsync(call.Resource, call.Key, "", current => Scaled(call, current), call.Options with { AdmittedAs = Form }, mayCreate: false, ct);
        return new(200, Of(written.Object));
    }

    private static AdmissionForm Form { get; } = new("scale", new("autoscaling", "v1", "Scale", "", true), Of, static (obj, scale) => WithReplicas(obj, ((Scale)scale).Spec.Replicas));

    private IObject Scaled(SubresourceCall call, StoredObject? current)
    {
        var obj = current?.Object ?? throw UpdateVerb.NotFound(call.Resource, call.Key);
        var (live, owners) = (Of(obj), fields.Scale(call.Resource, "spec.replicas"));
        var (scale, managed) = call.Patch is { ContentType: PatchDocuments.ApplyType } apply
            ? owners.Applied(obj.Metadata.ManagedFields, live, apply.Json, call.Options.FieldManager, apply.Force)
            : (call.Patch is null ? (Scale)call.Posted! : Patched(call, live), null);
        managed ??= owners.Updated(obj.Metadata.ManagedFields, live, scale, call.Options.FieldManager);
        if (scale.Metadata.Name != call.Key.Name)
            throw ApiException.BadRequest($"the name of the object ({scale.Metadata.Name}) does not match the name on the URL ({call.Key.Name})");
        if (scale.Spec.Replicas < 0)
        {
            var findings = new Findings();
            findings.Invalid("spec.replicas", scale.Spec.Replicas, "must be greater than or equal to 0");
            throw ApiException.Invalid("autoscaling", "Scale", call.Key.Name, findings);
        }

        // Without a version the number is set on whatever is there now.
        var metadata = obj.Metadata with { ManagedFields = managed };
        if (scale.Metadata.ResourceVersion.Length > 0)
            metadata = metadata with { ResourceVersion = scale.Metadata.ResourceVersion };
        return WithReplicas(obj.CopyWith(scale.Metadata.Uid.Length > 0 ? metadata with { Uid = scale.Metadata.Uid } : metadata), scale.Spec.Replicas);
    }

    private Scale Patched(SubresourceCall call, Scale current)
    {
        var document = JsonNode.Parse(Json.Encode(current))!;
        var patched = PatchDocuments.Apply(call.Patch!, document, Codec.Schema);
        return (Scale)PatchVerb.Decode(Codec, patched, call.Options);
    }

    private static Scale Of(IObject obj)
    {
        var (replicas, actual, selector) = obj switch
        {
            Deployment d => (d.Spec.Replicas, d.Status.Replicas, Selector.Of(d.Spec.Selector)),
            ReplicaSet r => (r.Spec.Replicas, r.Status.Replicas, Selector.Of(r.Spec.Selector)),
            StatefulSet s => (s.Spec.Replicas, s.Status.Replicas, Selector.Of(s.Spec.Selector)),
            ReplicationController r => (r.Spec.Replicas, r.Status.Replicas, Selector.Of(r.Spec.Selector)),
            _ => throw new InvalidOperationException($"{obj.Kind} has no scale"),
        };
        var metadata = obj.Metadata;
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
            Spec = new() { Replicas = replicas ?? 1 },
            Status = new() { Replicas = actual, Selector = selector.ToString() },
        };
    }

    private static IObject WithReplicas(IObject obj, int replicas) => obj switch
    {
        Deployment d => d with { Spec = d.Spec with { Replicas = replicas } },
        ReplicaSet r => r with { Spec = r.Spec with { Replicas = replicas } },
        StatefulSet s => s with { Spec = s.Spec with { Replicas = replicas } },
        ReplicationController r => r with { Spec = r.Spec with { Replicas = replicas } },
        _ => obj,
    };
}
