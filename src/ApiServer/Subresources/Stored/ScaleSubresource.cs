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
    public ObjectCodec Codec => ScaleRequest.Codec;

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
        var (scale, metadata) = ScaleRequest.Wanted(call, obj.Metadata, Of(obj), fields.Scale(call.Resource, "spec.replicas"));
        if (scale.Spec.Replicas < 0)
        {
            var findings = new Findings();
            findings.Invalid("spec.replicas", scale.Spec.Replicas, "must be greater than or equal to 0");
            throw ApiException.Invalid("autoscaling", "Scale", call.Key.Name, findings);
        }

        return WithReplicas(obj.CopyWith(metadata), scale.Spec.Replicas);
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
        return ScaleRequest.Of(obj.Metadata, replicas ?? 1, actual, selector.ToString());
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
