using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Objects.Quotas;

/// <summary>What a pod asks for and is limited to as a whole, by the rules of component-helpers' <c>PodRequests</c> and <c>PodLimits</c>. Pure.</summary>
public static class PodTotals
{
    /// <summary>While a resize is under way a container counts with the most of what it wants, was promised and has.</summary>
    public static Dictionary<string, Quantity> Requests(Pod pod)
    {
        var total = Containers(pod.Spec, c => Requests(c, pod.Status.ContainerStatuses.Concat(pod.Status.InitContainerStatuses)));
        Override(total, pod.Spec.Resources?.Requests);
        foreach (var (name, amount) in pod.Spec.Overhead)
            Add(total, name, amount);
        return total;
    }

    public static Dictionary<string, Quantity> Limits(Pod pod)
    {
        var total = Containers(pod.Spec, static c => c.Resources.Limits);
        Override(total, pod.Spec.Resources?.Limits);
        // A pod without a limit does not get one by its overhead.
        foreach (var (name, amount) in pod.Spec.Overhead)
        {
            if (total.TryGetValue(name, out var limit) && !limit.IsZero)
                total[name] = limit + amount;
        }

        return total;
    }

    private static Dictionary<string, Quantity> Containers(PodSpec spec, Func<Container, IReadOnlyDictionary<string, Quantity>> of)
    {
        var running = new Dictionary<string, Quantity>();
        foreach (var container in spec.Containers)
            AddAll(running, of(container));

        // Init containers run one after the other, each beside the sidecars that were started before it.
        var sidecars = new Dictionary<string, Quantity>();
        var starting = new Dictionary<string, Quantity>();
        foreach (var container in spec.InitContainers)
        {
            var own = of(container);
            if (container.RestartPolicy == "Always")
            {
                AddAll(running, own);
                AddAll(sidecars, own);
                RaiseTo(starting, sidecars);
            }
            else
            {
                var beside = new Dictionary<string, Quantity>(own);
                AddAll(beside, sidecars);
                RaiseTo(starting, beside);
            }
        }

        RaiseTo(running, starting);
        return running;
    }

    private static IReadOnlyDictionary<string, Quantity> Requests(Container container, IEnumerable<ContainerStatus> statuses)
    {
        Dictionary<string, Quantity>? raised = null;
        foreach (var status in statuses)
        {
            if (status.Name != container.Name || (status.Resources is null && status.AllocatedResources.Count == 0))
                continue;

            raised ??= new(container.Resources.Requests);
            RaiseTo(raised, status.AllocatedResources);
            if (status.Resources is { } actual)
                RaiseTo(raised, actual.Requests);
        }

        return raised ?? container.Resources.Requests;
    }

    /// <summary>Where the pod as a whole says an amount, that counts and not the containers'.</summary>
    private static void Override(Dictionary<string, Quantity> total, IReadOnlyDictionary<string, Quantity>? whole)
    {
        foreach (var (name, amount) in whole ?? Nil.Map<Quantity>())
            total[name] = amount;
    }

    private static void AddAll(Dictionary<string, Quantity> sums, IReadOnlyDictionary<string, Quantity> amounts)
    {
        foreach (var (name, amount) in amounts)
            Add(sums, name, amount);
    }

    private static void Add(Dictionary<string, Quantity> sums, string name, Quantity amount) =>
        sums[name] = sums.TryGetValue(name, out var sum) ? sum + amount : amount;

    private static void RaiseTo(Dictionary<string, Quantity> amounts, IReadOnlyDictionary<string, Quantity> others)
    {
        foreach (var (name, other) in others)
        {
            if (!amounts.TryGetValue(name, out var amount) || amount < other)
                amounts[name] = other;
        }
    }
}
