namespace KubeSharp.Kubelet.Pods;

/// <summary>What a pod asks of its node: its containers together, or the greediest moment of its initialization.</summary>
internal static class PodRequests
{
    public static Dictionary<string, Quantity> Of(Pod pod)
    {
        var running = new Dictionary<string, Quantity>();
        foreach (var container in pod.Spec.Containers)
            Add(running, container.Resources.Requests);

        var sidecars = new Dictionary<string, Quantity>();
        var peak = new Dictionary<string, Quantity>();
        foreach (var init in pod.Spec.InitContainers)
        {
            if (init.IsSidecar())
            {
                Add(sidecars, init.Resources.Requests);
                Add(running, init.Resources.Requests);
                Raise(peak, sidecars);
            }
            else
            {
                var moment = new Dictionary<string, Quantity>(sidecars);
                Add(moment, init.Resources.Requests);
                Raise(peak, moment);
            }
        }

        Raise(running, peak);
        foreach (var (resource, quantity) in pod.Spec.Resources?.Requests ?? Nil.Map<Quantity>())
            running[resource] = quantity; // asked for the pod as a whole
        Add(running, pod.Spec.Overhead);
        return running;
    }

    private static void Add(Dictionary<string, Quantity> sum, IReadOnlyDictionary<string, Quantity> list)
    {
        foreach (var (resource, quantity) in list)
            sum[resource] = sum.TryGetValue(resource, out var before) ? before + quantity : quantity;
    }

    private static void Raise(Dictionary<string, Quantity> sum, Dictionary<string, Quantity> list)
    {
        foreach (var (resource, quantity) in list)
        {
            if (!sum.TryGetValue(resource, out var before) || quantity > before)
                sum[resource] = quantity;
        }
    }
}
