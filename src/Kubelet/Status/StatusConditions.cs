
namespace KubeSharp.Kubelet.Statuses;

/// <summary>The five conditions a kubelet owns; those of others are left where they are.</summary>
internal static class StatusConditions
{
    public static bool IsOwn(string type) => type is "PodReadyToStartContainers" or "Initialized" or "Ready" or "ContainersReady" or "PodScheduled";

    /// <param name="status">The status being made, complete but for its conditions.</param>
    public static IReadOnlyList<PodCondition> Of(PodStatusInput input, PodStatus status)
    {
        var containersReady = ContainersReady(input.Pod, status);
        PodCondition[] own =
        [
            new() { Type = "PodReadyToStartContainers", Status = Text(HasNetwork(input)) },
            Initialized(input.Pod, status),
            Ready(input.Pod, status, containersReady),
            containersReady,
            new() { Type = "PodScheduled", Status = "True" },
        ];
        var before = input.Before.Conditions;
        return
        [
            .. own.Select(c => Dated(c, before.FirstOrDefault(b => b.Type == c.Type), input)),
            .. before.Where(b => own.All(c => c.Type != b.Type)),
        ];
    }

    private static bool HasNetwork(PodStatusInput input) =>
        input.State.ReadySandbox is { } sandbox && (sandbox.IsOnHostNetwork || sandbox.Ips.Count > 0);

    private static PodCondition Initialized(Pod pod, PodStatus status)
    {
        const string Type = "Initialized";
        if (status.ContainerStatuses.Any(s => s.State.Running is not null || s.State.Terminated is not null || s.LastState.Terminated is not null))
            return new() { Type = Type, Status = "True", Reason = status.Phase == "Succeeded" ? "PodCompleted" : "" };

        var incomplete = pod.Spec.InitContainers
            .Zip(status.InitContainerStatuses)
            .Where(c => c.First.IsSidecar() ? c.Second.Started != true : !c.Second.Ready)
            .Select(c => c.First.Name).ToList();
        return incomplete.Count == 0
            ? new() { Type = Type, Status = "True", Reason = status.Phase == "Succeeded" ? "PodCompleted" : "" }
            : new() { Type = Type, Status = "False", Reason = "ContainersNotInitialized", Message = $"containers with incomplete status: [{string.Join(' ', incomplete)}]" };
    }

    private static PodCondition ContainersReady(Pod pod, PodStatus status)
    {
        const string Type = "ContainersReady";
        if (status.Phase == "Succeeded")
            return new() { Type = Type, Status = "False", Reason = "PodCompleted" };
        if (status.Phase == "Failed")
            return new() { Type = Type, Status = "False", Reason = "PodFailed" };

        var sidecars = pod.Spec.InitContainers.Zip(status.InitContainerStatuses).Where(c => c.First.IsSidecar()).Select(c => c.Second);
        var unready = sidecars.Concat(status.ContainerStatuses).Where(s => !s.Ready).Select(s => s.Name).ToList();
        return unready.Count == 0
            ? new() { Type = Type, Status = "True" }
            : new() { Type = Type, Status = "False", Reason = "ContainersNotReady", Message = $"containers with unready status: [{string.Join(' ', unready)}]" };
    }

    private static PodCondition Ready(Pod pod, PodStatus status, PodCondition containersReady)
    {
        const string Type = "Ready";
        if (containersReady.Status != "True")
            return containersReady with { Type = Type };

        var missing = new List<string>();
        foreach (var gate in pod.Spec.ReadinessGates)
        {
            var condition = status.Conditions.FirstOrDefault(c => c.Type == gate.ConditionType);
            if (condition is null)
                missing.Add($"corresponding condition of pod readiness gate \"{gate.ConditionType}\" does not exist.");
            else if (condition.Status != "True")
                missing.Add($"the status of pod readiness gate \"{gate.ConditionType}\" is not \"True\", but {condition.Status}");
        }

        return missing.Count == 0
            ? new() { Type = Type, Status = "True" }
            : new() { Type = Type, Status = "False", Reason = "ReadinessGatesNotReady", Message = string.Join(", ", missing) };
    }

    /// <summary>The time is that of the last change of the status, not of its reason.</summary>
    private static PodCondition Dated(PodCondition now, PodCondition? before, PodStatusInput input) => now with
    {
        ObservedGeneration = input.Pod.Metadata.Generation,
        LastTransitionTime = before?.Status == now.Status && before.LastTransitionTime is { } since ? since : input.Now,
    };

    private static string Text(bool value) => value ? "True" : "False";
}
