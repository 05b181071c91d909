using KubeSharp.ApiServer.Authentication;
using KubeSharp.Objects.CoordinationV1;
using KubeSharp.Objects.PolicyV1;
using KubeSharp.Objects.StorageV1;

namespace KubeSharp.ApiServer.Admission;

/// <summary>A node's agent writes its own node, and the pods that run there; nothing by which it could widen its own rights.</summary>
internal sealed class NodeRestriction(IObjects objects) : IAdmission
{
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";
    private const string LeaseNamespace = "kube-node-lease";

    private static readonly HashSet<string> OwnLabels =
    [
        "kubernetes.io/hostname", "kubernetes.io/arch", "kubernetes.io/os", "beta.kubernetes.io/arch", "beta.kubernetes.io/os", "beta.kubernetes.io/instance-type",
        "node.kubernetes.io/instance-type", "failure-domain.beta.kubernetes.io/region", "failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/region", "topology.kubernetes.io/zone",
    ];

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken ct)
    {
        if (Identities.NodeName(request.User) is not { } node)
            return ValueTask.CompletedTask;

        switch (request.Object)
        {
            case Eviction when objects.List<Pod>().FirstOrDefault(p => ObjectKey.Of(p) == request.Key)?.Spec.NodeName is { } home && home != node:
                throw request.Forbidden($"node \"{node}\" can only evict pods with spec.nodeName set to itself");
            case Pod pod when request.Verb == AdmissionVerb.Create:
                CheckNewPod(request, node, pod);
                break;
            case Pod pod:
                CheckPodUpdate(request, node, (Pod)request.Old!, pod);
                break;
            case Node own:
                CheckNode(request, node, own);
                break;
            case Lease when request.Key.Namespace != LeaseNamespace || request.Key.Name != node:
                throw request.Forbidden(request.Key.Namespace != LeaseNamespace
                    ? $"can only access leases in the \"{LeaseNamespace}\" system namespace"
                    : "can only access node lease with the same name as the requesting node");
            case CSINode when request.Key.Name != node:
                throw request.Forbidden("can only access CSINode with the same name as the requesting node");
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask ValidateAsync(AdmissionRequest request, CancellationToken ct)
    {
        if (request.Verb == AdmissionVerb.Delete && Identities.NodeName(request.User) is { } node)
        {
            if (request.Old is Pod pod && pod.Spec.NodeName != node)
                throw request.Forbidden($"node \"{node}\" can only delete pods with spec.nodeName set to itself");
            if (request.Old is Node && request.Key.Name != node)
                throw request.Forbidden($"node \"{node}\" is not allowed to modify node \"{request.Key.Name}\"");
        }

        return ValueTask.CompletedTask;
    }

    private void CheckNewPod(AdmissionRequest request, string node, Pod pod)
    {
        if (!pod.Metadata.Annotations.ContainsKey(MirrorAnnotation))
            throw request.Forbidden($"pod does not have \"{MirrorAnnotation}\" annotation, node \"{node}\" can only create mirror pods");
        if (pod.Spec.NodeName != node)
            throw request.Forbidden($"node \"{node}\" can only create pods with spec.nodeName set to itself");
        if (pod.Spec.ServiceAccountName.Length > 0)
            throw request.Forbidden($"node \"{node}\" can not create pods that reference a service account");
        foreach (var volume in pod.Spec.Volumes)
        {
            var what = volume switch
            {
                { Secret: not null } => "secrets",
                { ConfigMap: not null } => "configmaps",
                { PersistentVolumeClaim: not null } => "persistentvolumeclaims",
                _ => "",
            };
            if (what.Length > 0)
                throw request.Forbidden($"node \"{node}\" can not create pods that reference {what}");
        }

        // Only its own node may own what it mirrors.
        var uid = objects.List<Node>().FirstOrDefault(n => n.Metadata.Name == node)?.Metadata.Uid;
        foreach (var owner in pod.Metadata.OwnerReferences)
        {
            if (owner is not { ApiVersion: "v1", Kind: "Node" } || owner.Name != node || owner.Uid != uid)
                throw request.Forbidden($"node \"{node}\" can only create pods with an owner reference set to itself");
        }
    }

    private static void CheckPodUpdate(AdmissionRequest request, string node, Pod old, Pod pod)
    {
        if (request.Subresource != "status")
            throw request.Forbidden($"unexpected subresource or update of a pod by node \"{node}\"");
        if (old.Spec.NodeName != node)
            throw request.Forbidden($"node \"{node}\" can only update pod status for pods with spec.nodeName set to itself");
        if (!pod.Metadata.Labels.OrderBy(l => l.Key, StringComparer.Ordinal).SequenceEqual(old.Metadata.Labels.OrderBy(l => l.Key, StringComparer.Ordinal)))
            throw request.Forbidden($"node \"{node}\" cannot update labels through pod status");
    }

    private static void CheckNode(AdmissionRequest request, string node, Node posted)
    {
        if (posted.Metadata.Name != node)
            throw request.Forbidden($"node \"{node}\" is not allowed to modify node \"{posted.Metadata.Name}\"");

        var old = request.Old as Node;
        var changed = Changed(old?.Metadata.Labels ?? Nil.Map<string>(), posted.Metadata.Labels).Where(IsRestricted).Order(StringComparer.Ordinal).ToList();
        if (changed.Count > 0)
        {
            throw request.Forbidden(old is null
                ? $"node \"{node}\" is not allowed to set the following labels: {string.Join(", ", changed)}"
                : $"is not allowed to modify labels: {string.Join(", ", changed)}");
        }

        if (old is not null && request.Subresource.Length == 0 && !old.Spec.Taints.SequenceEqual(posted.Spec.Taints))
            throw request.Forbidden($"node \"{node}\" is not allowed to modify taints");
        if (old is not null && !old.Metadata.OwnerReferences.SequenceEqual(posted.Metadata.OwnerReferences))
            throw request.Forbidden($"node \"{node}\" is not allowed to modify ownerReferences");
    }

    private static IEnumerable<string> Changed(IReadOnlyDictionary<string, string> old, IReadOnlyDictionary<string, string> now) =>
        old.Keys.Union(now.Keys).Where(k => old.GetValueOrDefault(k) != now.GetValueOrDefault(k));

    /// <summary>Labels of the system's domains by which pods choose nodes; a node may set a handful, and all under kubelet. and node.</summary>
    private static bool IsRestricted(string label)
    {
        var domain = label.Contains('/', StringComparison.Ordinal) ? label[..label.IndexOf('/', StringComparison.Ordinal)] : "";
        if (IsWithin(domain, "node-restriction.kubernetes.io"))
            return true;
        if (!IsWithin(domain, "kubernetes.io") && !IsWithin(domain, "k8s.io"))
            return false;

        return !OwnLabels.Contains(label) && !IsWithin(domain, "kubelet.kubernetes.io") && !IsWithin(domain, "node.kubernetes.io");
    }

    private static bool IsWithin(string domain, string suffix) => domain == suffix || domain.EndsWith("." + suffix, StringComparison.Ordinal);
}
