using KubeSharp.Objects.AppsV1;

namespace KubeSharp.Controllers.Replicas;

/// <summary>ReplicationControllers keep their pods.</summary>
internal sealed class ReplicationControllers : IReplicaKind<ReplicationController>
{
    public string ControllerName => "replicationcontroller-controller";

    /// <remarks>Validation wants a template and a selector; what was stored without a selector got the labels of its template by default.</remarks>
    public ReplicaWish WishOf(ReplicationController owner) =>
        new(owner.Spec.Replicas ?? 1, owner.Spec.MinReadySeconds, Selector.Of(owner.Spec.Selector), owner.Spec.Template ?? PodTemplateSpec.Empty);

    public ReplicaSetStatus StatusOf(ReplicationController owner) => new()
    {
        Replicas = owner.Status.Replicas,
        FullyLabeledReplicas = owner.Status.FullyLabeledReplicas,
        ReadyReplicas = owner.Status.ReadyReplicas,
        AvailableReplicas = owner.Status.AvailableReplicas,
        ObservedGeneration = owner.Status.ObservedGeneration,
        Conditions =
        [
            .. owner.Status.Conditions.Select(static c => new ReplicaSetCondition
            {
                Type = c.Type, Status = c.Status, LastTransitionTime = c.LastTransitionTime, Reason = c.Reason, Message = c.Message,
            }),
        ],
    };

    public ReplicationController With(ReplicationController owner, ReplicaSetStatus status) => owner with
    {
        Status = new()
        {
            Replicas = status.Replicas,
            FullyLabeledReplicas = status.FullyLabeledReplicas,
            ReadyReplicas = status.ReadyReplicas,
            AvailableReplicas = status.AvailableReplicas,
            ObservedGeneration = status.ObservedGeneration,
            Conditions =
            [
                .. status.Conditions.Select(static c => new ReplicationControllerCondition
                {
                    Type = c.Type, Status = c.Status, LastTransitionTime = c.LastTransitionTime, Reason = c.Reason, Message = c.Message,
                }),
            ],
        },
    };
}
