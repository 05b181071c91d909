using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.ApiServer.CustomResources;

/// <summary>A definition goes only when its objects are gone: its finalizer sees to that.</summary>
internal static class DefinitionDeletion
{
    public const string Finalizer = "customresourcecleanup.apiextensions.k8s.io";

    /// <summary>What the first DELETE does.</summary>
    public static CustomResourceDefinition MarkTerminating(CustomResourceDefinition definition, DateTimeOffset now)
    {
        if (definition.Metadata.DeletionTimestamp is not null)
            return definition;

        var metadata = definition.Metadata with
        {
            DeletionTimestamp = now,
            Finalizers = definition.Metadata.Finalizers.Contains(Finalizer) ? definition.Metadata.Finalizers : [.. definition.Metadata.Finalizers, Finalizer],
        };
        var condition = new CustomResourceDefinitionCondition
        {
            Type = "Terminating",
            Status = "True",
            Reason = "InstanceDeletionPending",
            Message = "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
        };
        return definition with { Metadata = metadata, Status = Conditions.With(definition.Status, condition, now) };
    }
}
