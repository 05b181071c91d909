using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.FieldManagement;

/// <summary>
/// The fields that a write does not own though they are in its body: those the server keeps for itself, and those that belong to another
/// endpoint of the resource (a status write sets no spec). After upstream's strategies.
/// </summary>
internal static class ResetFields
{
    /// <summary>What no manager ever owns.</summary>
    private static readonly FieldSet Servers = FieldSet.Of(
        "apiVersion", "kind", "metadata", "metadata.name", "metadata.namespace", "metadata.creationTimestamp", "metadata.selfLink", "metadata.uid",
        "metadata.clusterName", "metadata.generation", "metadata.managedFields", "metadata.resourceVersion");

    private static readonly FieldSet Status = FieldSet.Of("status");
    private static readonly FieldSet Spec = FieldSet.Of("spec");

    private static readonly FieldPattern Resize = new(
        "spec.containers.*.resources", "spec.containers.*.resizePolicy", "spec.initContainers.*.resources", "spec.initContainers.*.resizePolicy", "spec.resources");

    private static readonly FieldPattern Ephemeral = new("spec.ephemeralContainers");

    public static Func<FieldSet, FieldSet> Of(ServedResource resource, string subresource)
    {
        var type = resource.Type;
        return (type.Group, type.Plural, subresource) switch
        {
            ("", "pods", "resize") => set => Resize.Keep(set),
            ("", "pods", "ephemeralcontainers") => set => Ephemeral.Keep(set),
            ("certificates.k8s.io", _, "approval") => Without(FieldSet.Of("spec", "status.certificate")),
            ("", "namespaces", "finalize") => Without(Status),
            ("", "pods", "status") => Without(Spec.Union(FieldSet.Of("metadata.deletionTimestamp", "metadata.ownerReferences"))),
            ("apps", "deployments", "status") => Without(Spec.Union(FieldSet.Of("metadata.labels"))),
            (_, _, "status") when resource.Kind.StatusTakesMetadata => Without(Spec),
            (_, _, "status") => Without(Spec.Union(FieldSet.Of("metadata"))),
            (_, _, "") when resource.HasStatus => Without(Status),
            _ => set => set.Except(Servers),
        };
    }

    private static Func<FieldSet, FieldSet> Without(FieldSet trees) => set => set.ExceptTrees(trees).Except(Servers);
}
