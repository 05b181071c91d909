namespace KubeSharp.Scheduler.Framework;

/// <summary>What a pod asks for as a whole, by the rules of component-helpers' <c>resource.PodRequests</c>.</summary>
internal static class PodRequests
{
    /// <summary>What a container without a request is taken to use when nodes are compared: 0.1 CPU, 200 MiB.</summary>
    public const long AssumedMilliCpu = 100;

    public const long AssumedMemory = 200L << 20;

    /// <param name="assumed">Whether containers without a request for CPU or memory count with the assumed ones.</param>
    public static Amounts Of(Pod pod, bool assumed)
    {
        var running = new Amounts();
        foreach (var container in pod.Spec.Containers)
            running.Add(Of(container, pod.Status.ContainerStatuses, assumed));

        // Init containers run one after the other, each beside the sidecars that were started before it.
        var sidecars = new Amounts();
        var starting = new Amounts();
        foreach (var container in pod.Spec.InitContainers)
        {
            var own = Of(container, pod.Status.InitContainerStatuses, assumed);
            if (container.RestartPolicy == "Always")
            {
                running.Add(own);
                sidecars.Add(own);
                starting.RaiseTo(sidecars);
            }
            else
            {
                own.Add(sidecars);
                starting.RaiseTo(own);
            }
        }

        running.RaiseTo(starting);
        if (pod.Spec.Resources is { } podLevel)
        {
            foreach (var (name, quantity) in podLevel.Requests)
                running[name] = name == "cpu" ? quantity.MilliValue : quantity.Value;
        }

        running.Add(Amounts.Of(pod.Spec.Overhead));
        return running;
    }

    private static Amounts Of(Container container, IReadOnlyList<ContainerStatus> statuses, bool assumed)
    {
        var amounts = Amounts.Of(container.Resources.Requests);

        // While a resize is under way the container may still have, or already have, more than its spec says.
        foreach (var status in statuses)
        {
            if (status.Name != container.Name)
                continue;

            if (status.Resources is { } actual)
                amounts.RaiseTo(Amounts.Of(actual.Requests));
            amounts.RaiseTo(Amounts.Of(status.AllocatedResources));
        }

        if (assumed && !container.Resources.Requests.ContainsKey("cpu"))
            amounts["cpu"] = AssumedMilliCpu;
        if (assumed && !container.Resources.Requests.ContainsKey("memory"))
            amounts["memory"] = AssumedMemory;
        return amounts;
    }
}
