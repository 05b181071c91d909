namespace KubeSharp.Kubelet.Statuses;

/// <summary>Computes the status of a pod; pure.</summary>
internal static class PodStatusBuilder
{
    public static PodStatus Build(PodStatusInput input)
    {
        var (pod, before) = (input.Pod, input.Before);

        // An ended pod stays as it was seen last: the runtime may have lost its containers since.
        if (before.Phase is "Succeeded" or "Failed" && input.State.Containers.Count == 0)
            return before;

        var init = ContainerStatuses.OfInit(input);
        var regular = ContainerStatuses.OfRegular(input);
        var phase = input.Failure is not null || before.Phase == "Failed"
            ? "Failed"
            : before.Phase == "Succeeded" ? "Succeeded" : PodPhase.Of(pod, init, regular, input.IsEnding);
        var status = before with
        {
            ObservedGeneration = pod.Metadata.Generation,
            Phase = phase,
            Reason = input.Failure?.Reason ?? before.Reason,
            Message = input.Failure?.Message ?? before.Message,
            HostIP = input.Facts.HostIps.Count > 0 ? input.Facts.HostIps[0] : "",
            HostIPs = [.. input.Facts.HostIps.Select(ip => new HostIP { Ip = ip })],
            StartTime = before.StartTime ?? input.Now,
            QosClass = before.QosClass.Length > 0 ? before.QosClass : PodQos.Of(pod),
            InitContainerStatuses = init.Count > 0 ? init : Nil.List<ContainerStatus>(),
            ContainerStatuses = regular,
            EphemeralContainerStatuses = ContainerStatuses.OfEphemeral(input) is { Count: > 0 } ephemeral ? ephemeral : Nil.List<ContainerStatus>(),
        };
        status = WithPodIps(status, input);
        return status with { Conditions = StatusConditions.Of(input, status) };
    }

    /// <summary>The status of a pod that this node does not take: no container of it ever runs.</summary>
    public static PodStatus Rejected(Pod pod, PodFailure failure, DateTimeOffset now) => new()
    {
        ObservedGeneration = pod.Metadata.Generation,
        Phase = "Failed",
        Reason = failure.Reason,
        Message = $"Pod was rejected: {failure.Message}",
        StartTime = now,
        QosClass = pod.Status.QosClass.Length > 0 ? pod.Status.QosClass : PodQos.Of(pod),
        Conditions = pod.Status.Conditions,
    };

    private static PodStatus WithPodIps(PodStatus status, PodStatusInput input)
    {
        if (input.Pod.Spec.HostNetwork)
        {
            return input.Facts.HostIps.Count == 0 ? status : status with
            {
                PodIP = input.Facts.HostIps[0],
                PodIPs = [.. input.Facts.HostIps.Select(ip => new PodIP { Ip = ip })],
            };
        }

        // The address of a pod that ended stays on record; only a new sandbox brings a new one.
        return input.State.ReadySandbox is { Ips: { Count: > 0 } ips }
            ? status with { PodIP = ips[0], PodIPs = [.. ips.Select(ip => new PodIP { Ip = ip })] }
            : status;
    }
}
