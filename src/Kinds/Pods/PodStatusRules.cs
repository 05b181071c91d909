using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Pods;

/// <summary>What a kubelet may say about a pod after what it has said before.</summary>
internal static class PodStatusRules
{
    public static void Validate(Pod old, Pod pod, Findings findings)
    {
        for (var i = 0; i < pod.Status.Conditions.Count; i++)
        {
            if (pod.Status.Conditions[i].ObservedGeneration < 0)
                findings.Invalid($"status.conditions[{i}].observedGeneration", pod.Status.Conditions[i].ObservedGeneration, "must be greater than or equal to 0");
        }

        if (pod.Status.NominatedNodeName.Length > 0)
            findings.Each("status.nominatedNodeName", pod.Status.NominatedNodeName, NameRules.Dns1123Subdomain(pod.Status.NominatedNodeName));

        Transitions(old.Status.ContainerStatuses, pod.Status.ContainerStatuses, "status.containerStatuses", old.Spec, findings);
        Transitions(old.Status.InitContainerStatuses, pod.Status.InitContainerStatuses, "status.initContainerStatuses", old.Spec, findings);

        findings.OneOfEachFamily("status.podIPs", [.. pod.Status.PodIPs.Select(p => p.Ip)]);
        var hostIPs = pod.Status.HostIPs.Select(h => h.Ip).ToList();
        if (hostIPs.Count > 0 && hostIPs[0] != pod.Status.HostIP)
            findings.Invalid("status.hostIPs[0].ip", hostIPs[0], "must be equal to `hostIP`");
        findings.OneOfEachFamily("status.hostIPs", hostIPs);
    }

    /// <summary>A container that has ended for good does not come back.</summary>
    private static void Transitions(IReadOnlyList<ContainerStatus> old, IReadOnlyList<ContainerStatus> now, string path, PodSpec spec, Findings findings)
    {
        if (spec.RestartPolicy == "Always")
            return;

        for (var i = 0; i < old.Count; i++)
        {
            if (old[i].State.Terminated is not { } end || (end.ExitCode != 0 && spec.RestartPolicy == "OnFailure") || MayRestart(spec, old[i].Name))
                continue;

            if (now.Any(n => n.Name == old[i].Name && n.State.Terminated is null))
                findings.Forbidden($"{path}[{i}].state", "may not be transitioned to non-terminated state");
        }
    }

    /// <summary>By a policy of its own.</summary>
    private static bool MayRestart(PodSpec spec, string name) =>
        spec.InitContainers.Concat(spec.Containers).FirstOrDefault(c => c.Name == name) is { } container
        && (container.RestartPolicy is "Always" or "OnFailure" || container.RestartPolicyRules.Count > 0);
}
