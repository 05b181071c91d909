namespace KubeSharp.Kinds.Rules;

/// <summary>Kinds whose status subresource takes metadata along: kubelets write labels and annotations of nodes and pods that way.</summary>
internal static class StatusMetadata
{
    public static ObjectMeta WithWritableOf(this ObjectMeta old, ObjectMeta now) => old with
    {
        Labels = now.Labels,
        Annotations = now.Annotations,
        Finalizers = now.Finalizers,
        ManagedFields = now.ManagedFields,
        ResourceVersion = now.ResourceVersion,
    };
}
