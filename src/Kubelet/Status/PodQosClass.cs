namespace KubeSharp.Kubelet.Statuses;

/// <summary>The class of service that requests and limits put a pod in, for servers that do not fill it in.</summary>
internal static class PodQosClass
{
    public static string Of(Pod pod)
    {
        var containers = pod.Spec.InitContainers.Concat(pod.Spec.Containers).ToList();
        if (containers.All(c => !Counts(c.Resources.Requests) && !Counts(c.Resources.Limits)))
            return "BestEffort";

        return containers.All(IsGuaranteed) ? "Guaranteed" : "Burstable";
    }

    private static bool IsGuaranteed(Container c) => IsGuaranteed(c, "cpu") && IsGuaranteed(c, "memory");

    private static bool IsGuaranteed(Container c, string resource) =>
        c.Resources.Limits.TryGetValue(resource, out var limit) && !limit.IsZero
        && (!c.Resources.Requests.TryGetValue(resource, out var request) || request == limit);

    private static bool Counts(IReadOnlyDictionary<string, Quantity> list) =>
        (list.TryGetValue("cpu", out var cpu) && !cpu.IsZero) || (list.TryGetValue("memory", out var memory) && !memory.IsZero);
}
