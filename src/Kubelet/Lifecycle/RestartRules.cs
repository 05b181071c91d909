using KubeSharp.Kubelet.Pods;

namespace KubeSharp.Kubelet.Lifecycle;

/// <summary>Whether a container that ended is to run again, by its own rules and policy or its pod's.</summary>
internal static class RestartRules
{
    /// <summary>Whether the pod's policy lets anything run again after a failure.</summary>
    public static bool MayRestart(Pod pod) => pod.Spec.RestartPolicy != "Never";

    public static bool Restarts(Pod pod, Container container, ContainerKind kind, int exitCode)
    {
        if (kind == ContainerKind.Ephemeral)
            return false;
        if (kind == ContainerKind.Sidecar)
            return true;
        if (container.RestartPolicyRules.Any(r => r.Action is "Restart" or "RestartAllContainers" && Matches(r.ExitCodes, exitCode)))
            return true;

        var policy = container.RestartPolicy ?? pod.Spec.RestartPolicy;
        if (kind == ContainerKind.Init)
            return exitCode != 0 && policy != "Never"; // "Always" means until it succeeds

        return policy switch
        {
            "Never" => false,
            "OnFailure" => exitCode != 0,
            _ => true,
        };
    }

    /// <summary>Whether it runs again when the kubelet itself kills it for its probes.</summary>
    public static bool RestartsAfterKill(Pod pod, Container container, ContainerKind kind) => Restarts(pod, container, kind, exitCode: 137);

    private static bool Matches(ContainerRestartRuleOnExitCodes? codes, int exitCode) => codes?.Operator switch
    {
        "In" => codes.Values.Contains(exitCode),
        "NotIn" => !codes.Values.Contains(exitCode),
        _ => false,
    };
}
