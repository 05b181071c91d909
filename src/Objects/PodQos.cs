using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Objects;

/// <summary>The quality-of-service class of a pod: who is evicted first when a node runs short.</summary>
public static class PodQos
{
    public const string Guaranteed = "Guaranteed";
    public const string Burstable = "Burstable";
    public const string BestEffort = "BestEffort";

    private static readonly string[] Counted = ["cpu", "memory"];

    /// <summary>
    /// Guaranteed if every container limits both cpu and memory to exactly what is requested, BestEffort if nothing is requested or limited,
    /// else Burstable. Resources of the pod as a whole, where it has them, count instead of the containers'.
    /// </summary>
    public static string Of(Pod pod)
    {
        IReadOnlyList<ResourceRequirements> parts = pod.Spec.Resources is { } whole
            ? [whole]
            : [.. pod.Spec.Containers.Concat(pod.Spec.InitContainers).Select(c => c.Resources)];

        var requests = Sum(parts.Select(p => p.Requests));
        var limits = Sum(parts.Select(p => p.Limits));
        if (requests.Count == 0 && limits.Count == 0)
            return BestEffort;

        var isLimited = parts.All(p => Counted.All(c => p.Limits.TryGetValue(c, out var limit) && limit.Sign > 0));
        var isExact = requests.Count == limits.Count && requests.All(r => limits.TryGetValue(r.Key, out var limit) && limit == r.Value);
        return isLimited && isExact ? Guaranteed : Burstable;
    }

    private static Dictionary<string, Quantity> Sum(IEnumerable<IReadOnlyDictionary<string, Quantity>> lists)
    {
        var sums = new Dictionary<string, Quantity>();
        foreach (var list in lists)
        {
            foreach (var name in Counted)
            {
                if (list.TryGetValue(name, out var quantity) && quantity.Sign > 0)
                    sums[name] = sums.TryGetValue(name, out var sum) ? sum + quantity : quantity;
            }
        }

        return sums;
    }
}
