using KubeSharp.Objects.AppsV1;

namespace KubeSharp.Controllers.Replicas;

/// <summary>ReplicaSets keep their pods.</summary>
internal sealed class ReplicaSets : IReplicaKind<ReplicaSet>
{
    public string ControllerName => "replicaset-controller";

    public ReplicaWish WishOf(ReplicaSet owner) =>
        new(owner.Spec.Replicas ?? 1, owner.Spec.MinReadySeconds, Selector.Of(owner.Spec.Selector), owner.Spec.Template);

    public ReplicaSetStatus StatusOf(ReplicaSet owner) => owner.Status;

    public ReplicaSet With(ReplicaSet owner, ReplicaSetStatus status) => owner with { Status = status };
}
