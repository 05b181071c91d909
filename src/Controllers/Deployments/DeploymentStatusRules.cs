using KubeSharp.Objects.AppsV1;

namespace KubeSharp.Controllers.Deployments;

/// <summary>A Deployment's status from its ReplicaSets. Pure.</summary>
internal static class DeploymentStatusRules
{
    public static DeploymentStatus Of(Deployment deployment, IReadOnlyList<ReplicaSet> all, ReplicaSet? newest, DateTimeOffset now)
    {
        var available = all.Sum(s => s.Status.AvailableReplicas);
        var total = all.Sum(s => s.Status.Replicas);
        var status = deployment.Status with
        {
            ObservedGeneration = deployment.Metadata.Generation,
            Replicas = total,
            UpdatedReplicas = newest?.Status.Replicas ?? 0,
            ReadyReplicas = all.Sum(s => s.Status.ReadyReplicas),
            AvailableReplicas = available,
            UnavailableReplicas = Math.Max(0, all.Sum(RolloutPlan.Size) - available),
            TerminatingReplicas = all.Sum(s => s.Status.TerminatingReplicas ?? 0),
        };
        var minimum = (deployment.Spec.Replicas ?? 1) - RolloutPlan.Limits(deployment).Unavailable;
        status = available >= minimum
            ? status.With(DeploymentConditions.Available, true, "MinimumReplicasAvailable", "Deployment has minimum availability.", now)
            : status.With(DeploymentConditions.Available, false, "MinimumReplicasUnavailable", "Deployment does not have minimum availability.", now);
        return Failure(Progress(deployment, status, newest, now), all, newest, now);
    }

    /// <summary>When the deadline of a rollout that does not progress is over; <see langword="null"/> if none runs.</summary>
    public static DateTimeOffset? Deadline(Deployment deployment, DeploymentStatus status)
    {
        if (deployment.Spec.ProgressDeadlineSeconds is not { } seconds || seconds == int.MaxValue || deployment.Spec.Paused)
            return null;

        var condition = status.Find(DeploymentConditions.Progressing);
        return condition is null or { Reason: DeploymentConditions.NewSetAvailable or DeploymentConditions.TimedOut }
            ? null
            : condition.LastUpdateTime?.AddSeconds(seconds);
    }

    private static DeploymentStatus Progress(Deployment deployment, DeploymentStatus status, ReplicaSet? newest, DateTimeOffset now)
    {
        if (deployment.Spec.ProgressDeadlineSeconds is null or int.MaxValue || deployment.Spec.Paused)
            return status;

        var (subject, name) = newest is null ? ("Deployment", deployment.Metadata.Name) : ("ReplicaSet", newest.Metadata.Name);
        var condition = status.Find(DeploymentConditions.Progressing);
        var isRollingOut = !(status.Replicas == status.UpdatedReplicas && condition?.Reason == DeploymentConditions.NewSetAvailable);
        if (!isRollingOut)
            return status;

        if (DeploymentConditions.IsComplete(deployment, status))
            return status.With(DeploymentConditions.Progressing, true, DeploymentConditions.NewSetAvailable, $"{subject} \"{name}\" has successfully progressed.", now);

        if (HasMoved(deployment.Status, status))
        {
            var updated = status.Without(DeploymentConditions.Progressing)
                .With(DeploymentConditions.Progressing, true, "ReplicaSetUpdated", $"{subject} \"{name}\" is progressing.", now);
            return condition is not { Status: "True" } ? updated : KeepTransition(updated, condition);
        }

        return Deadline(deployment, status) <= now
            ? status.With(DeploymentConditions.Progressing, false, DeploymentConditions.TimedOut, $"{subject} \"{name}\" has timed out progressing.", now)
            : status;
    }

    private static DeploymentStatus KeepTransition(DeploymentStatus status, DeploymentCondition before) => status with
    {
        Conditions = [.. status.Conditions.Select(c => c.Type == before.Type ? c with { LastTransitionTime = before.LastTransitionTime } : c)],
    };

    private static bool HasMoved(DeploymentStatus before, DeploymentStatus after)
    {
        var (oldBefore, oldAfter) = (before.Replicas - before.UpdatedReplicas, after.Replicas - after.UpdatedReplicas);
        return after.UpdatedReplicas > before.UpdatedReplicas || oldAfter < oldBefore
            || after.ReadyReplicas > before.ReadyReplicas || after.AvailableReplicas > before.AvailableReplicas;
    }

    /// <summary>A set that cannot create its pods says why; the Deployment repeats it, the newest set's first.</summary>
    private static DeploymentStatus Failure(DeploymentStatus status, IReadOnlyList<ReplicaSet> all, ReplicaSet? newest, DateTimeOffset now)
    {
        var failure = all.OrderByDescending(s => s.Metadata.Uid == newest?.Metadata.Uid)
            .SelectMany(s => s.Status.Conditions).FirstOrDefault(c => c is { Type: DeploymentConditions.ReplicaFailure, Status: "True" });
        return failure is null
            ? status.Without(DeploymentConditions.ReplicaFailure)
            : status.With(DeploymentConditions.ReplicaFailure, true, failure.Reason, failure.Message, now);
    }
}
