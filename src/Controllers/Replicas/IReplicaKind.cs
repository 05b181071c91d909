using KubeSharp.Objects.AppsV1;

namespace KubeSharp.Controllers.Replicas;

/// <summary>What an object wants that keeps a number of pods.</summary>
internal readonly record struct ReplicaWish(int Replicas, int MinReadySeconds, Selector Selector, PodTemplateSpec Template);

/// <summary>
/// A kind that keeps a number of pods. There are two: a ReplicationController is a ReplicaSet by an older name, without expressions in its
/// selector, so the controller speaks of both in the words of the newer one.
/// </summary>
internal interface IReplicaKind<T>
    where T : class, IObject<T>
{
    /// <summary>kube-controller-manager's name of the controller.</summary>
    string ControllerName { get; }

    ReplicaWish WishOf(T owner);

    ReplicaSetStatus StatusOf(T owner);

    /// <summary>The object with that status, as far as its kind has the fields.</summary>
    T With(T owner, ReplicaSetStatus status);
}
