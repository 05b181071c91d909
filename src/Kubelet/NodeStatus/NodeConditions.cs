namespace KubeSharp.Kubelet.NodeStatus;

/// <summary>The node's conditions from its health; pure.</summary>
internal static class NodeConditions
{
    /// <summary>Kubelet's <c>evictionPressureTransitionPeriod</c>: pressure that was there is believed gone only after it.</summary>
    private static readonly TimeSpan PressureStays = TimeSpan.FromMinutes(5);

    /// <param name="before">The node's conditions so far; those of other owners are kept as they are.</param>
    public static IReadOnlyList<NodeCondition> Next(IReadOnlyList<NodeCondition> before, NodeHealth health, DateTimeOffset now)
    {
        NodeCondition[] own =
        [
            Pressure("MemoryPressure", health.IsShortOfMemory, "KubeletHasInsufficientMemory", "kubelet has insufficient memory available", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
            Pressure("DiskPressure", health.IsShortOfDisk, "KubeletHasDiskPressure", "kubelet has disk pressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
            Pressure("PIDPressure", health.IsShortOfProcesses, "KubeletHasInsufficientPID", "kubelet has insufficient PID available", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
            Since(health.Problems.Count == 0
                ? new() { Type = "Ready", Status = "True", Reason = "KubeletReady", Message = "kubelet is posting ready status" }
                : new() { Type = "Ready", Status = "False", Reason = "KubeletNotReady", Message = Joined(health.Problems) }),
        ];
        return [.. before.Where(b => own.All(o => o.Type != b.Type)), .. own];

        NodeCondition Pressure(string type, bool isShort, string badReason, string badMessage, string goodReason, string goodMessage)
        {
            var old = before.FirstOrDefault(c => c.Type == type);
            var stays = !isShort && old is { Status: "True", LastTransitionTime: { } since } && now - since < PressureStays;
            return Since(isShort || stays
                ? new() { Type = type, Status = "True", Reason = badReason, Message = badMessage }
                : new() { Type = type, Status = "False", Reason = goodReason, Message = goodMessage });
        }

        NodeCondition Since(NodeCondition condition)
        {
            var old = before.FirstOrDefault(c => c.Type == condition.Type);
            return condition with
            {
                LastHeartbeatTime = now,
                LastTransitionTime = old?.Status == condition.Status ? old.LastTransitionTime : now,
            };
        }
    }

    /// <summary>The events that tell of changes: upstream's reasons.</summary>
    public static IEnumerable<string> Changes(IReadOnlyList<NodeCondition> before, IReadOnlyList<NodeCondition> after)
    {
        foreach (var condition in after)
        {
            if (before.FirstOrDefault(b => b.Type == condition.Type)?.Status == condition.Status)
                continue;

            var reason = (condition.Type, condition.Status) switch
            {
                ("Ready", "True") => "NodeReady",
                ("Ready", _) => "NodeNotReady",
                ("MemoryPressure", "True") => "NodeHasInsufficientMemory",
                ("MemoryPressure", _) => "NodeHasSufficientMemory",
                ("DiskPressure", "True") => "NodeHasDiskPressure",
                ("DiskPressure", _) => "NodeHasNoDiskPressure",
                ("PIDPressure", "True") => "NodeHasInsufficientPID",
                ("PIDPressure", _) => "NodeHasSufficientPID",
                _ => null,
            };
            if (reason is not null)
                yield return reason;
        }
    }

    /// <summary>As Go's aggregate of errors prints: one alone, several in brackets.</summary>
    private static string Joined(IReadOnlyList<string> problems) => problems.Count == 1 ? problems[0] : $"[{string.Join(", ", problems)}]";
}
