namespace KubeSharp.Kubelet.Resources;

/// <summary>How a pod's resources rank it when the node runs short.</summary>
internal enum QosClass
{
    Guaranteed,
    Burstable,
    BestEffort,
}

/// <summary>The class of a pod and what it asks for in sum.</summary>
internal static class PodDemand
{
    public static QosClass ClassOf(Pod pod)
    {
        // Once the API server has computed it, it never changes, whatever becomes of the resources.
        if (Enum.TryParse<QosClass>(pod.Status.QosClass, out var known))
            return known;

        return Enum.Parse<QosClass>(PodQos.Of(pod));
    }

    /// <summary>The most that the pod can ask for at one time: its containers and sidecars, or an init container that runs before them.</summary>
    public static Quantity Request(Pod pod, string resource)
    {
        if (pod.Spec.Resources is { } whole && IsSet(whole.Requests, resource))
            return whole.Requests[resource] + Overhead(pod, resource);

        return Peak(pod, c => c.Resources.Requests.GetValueOrDefault(resource)) + Overhead(pod, resource);
    }

    /// <summary>As <see cref="Request"/>, for limits; <see langword="null"/> if a container has none: then the pod has none.</summary>
    public static Quantity? Limit(Pod pod, string resource)
    {
        if (pod.Spec.Resources is { } whole && IsSet(whole.Limits, resource))
            return whole.Limits[resource] + Overhead(pod, resource);
        if (!pod.Spec.InitContainers.Concat(pod.Spec.Containers).All(c => IsSet(c.Resources.Limits, resource)))
            return null;

        return Peak(pod, c => c.Resources.Limits[resource]) + Overhead(pod, resource);
    }

    private static Quantity Peak(Pod pod, Func<Container, Quantity> of)
    {
        var steady = pod.Spec.Containers.Aggregate(Quantity.Zero, (sum, c) => sum + of(c));
        var (sidecars, peak) = (Quantity.Zero, Quantity.Zero);
        foreach (var container in pod.Spec.InitContainers)
        {
            if (container.RestartPolicy == "Always")
                sidecars += of(container);
            var atOnce = container.RestartPolicy == "Always" ? sidecars : sidecars + of(container);
            peak = atOnce > peak ? atOnce : peak;
        }

        return steady + sidecars > peak ? steady + sidecars : peak;
    }

    private static Quantity Overhead(Pod pod, string resource) => pod.Spec.Overhead.GetValueOrDefault(resource);

    private static bool IsSet(IReadOnlyDictionary<string, Quantity> list, string resource) => list.TryGetValue(resource, out var q) && !q.IsZero;
}
