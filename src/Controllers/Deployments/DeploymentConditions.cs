using KubeSharp.Objects.AppsV1;

namespace KubeSharp.Controllers.Deployments;

/// <summary>The conditions of a Deployment, in upstream's words: kubectl's rollout status reads them.</summary>
internal static class DeploymentConditions
{
    public const string Progressing = "Progressing";
    public const string Available = "Available";
    public const string ReplicaFailure = "ReplicaFailure";
    public const string TimedOut = "ProgressDeadlineExceeded";
    public const string NewSetAvailable = "NewReplicaSetAvailable";

    public static DeploymentCondition? Find(this DeploymentStatus status, string type) => status.Conditions.FirstOrDefault(c => c.Type == type);

    /// <summary>The status with the condition; its transition time is kept while its status is, and nothing changes for the same reason.</summary>
    public static DeploymentStatus With(this DeploymentStatus status, string type, bool isTrue, string reason, string message, DateTimeOffset now)
    {
        var value = isTrue ? "True" : "False";
        var before = status.Find(type);
        if (before is not null && before.Status == value && before.Reason == reason)
            return status;

        var condition = new DeploymentCondition
        {
            Type = type,
            Status = value,
            Reason = reason,
            Message = message,
            LastUpdateTime = now,
            LastTransitionTime = before?.Status == value ? before.LastTransitionTime : now,
        };
        return status with { Conditions = [.. status.Conditions.Where(c => c.Type != type), condition] };
    }

    public static DeploymentStatus Without(this DeploymentStatus status, string type) =>
        status.Find(type) is null ? status : status with { Conditions = [.. status.Conditions.Where(c => c.Type != type)] };

    public static bool IsComplete(Deployment deployment, DeploymentStatus status)
    {
        var replicas = deployment.Spec.Replicas ?? 1;
        return status.UpdatedReplicas == replicas && status.Replicas == replicas && status.AvailableReplicas == replicas
            && status.ObservedGeneration >= deployment.Metadata.Generation;
    }
}
