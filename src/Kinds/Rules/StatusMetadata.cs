namespace KubeSharp.Kinds.Rules;

/// <summary>What a write of the status takes along of the metadata: kubelets write labels and annotations of nodes and pods that way.</summary>
internal static class StatusMetadata
{
    public static ObjectMeta WithWritableOf(this ObjectMeta old, ObjectMeta now) => old.WithVersionOf(now) with
    {
        Labels = now.Labels,
        Annotations = now.Annotations,
        Finalizers = now.Finalizers,
        OwnerReferences = now.OwnerReferences,
    };

    /// <summary>What the server itself keeps of each write.</summary>
    public static ObjectMeta WithVersionOf(this ObjectMeta old, ObjectMeta now) => old with
    {
        ManagedFields = now.ManagedFields,
        ResourceVersion = now.ResourceVersion,
    };
}
