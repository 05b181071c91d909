namespace KubeSharp.Controllers.Pods;

/// <summary>Which pods a controller gives up first when it has too many (upstream's <c>ActivePodsWithRanks</c>).</summary>
internal static class PodRanking
{
    private const string DeletionCost = "controller.kubernetes.io/pod-deletion-cost";

    /// <param name="siblings">All pods of the same owner's owner: a node that holds many of them gives one up first.</param>
    public static IEnumerable<Pod> FirstToGo(IReadOnlyCollection<Pod> pods, IReadOnlyCollection<Pod> siblings, DateTimeOffset now)
    {
        var perNode = siblings.Where(p => p.IsActive()).GroupBy(p => p.Spec.NodeName).ToDictionary(g => g.Key, g => g.Count());
        return pods
            .OrderBy(p => p.Spec.NodeName.Length > 0)
            .ThenBy(p => p.Status.Phase switch { "Pending" => 0, "" or "Unknown" => 1, _ => 2 })
            .ThenBy(p => p.IsReady())
            .ThenBy(Cost)
            .ThenByDescending(p => perNode.GetValueOrDefault(p.Spec.NodeName))
            .ThenBy(p => ReadyFor(p, now))
            .ThenByDescending(Restarts)
            .ThenByDescending(p => p.Metadata.CreationTimestamp)
            .ThenBy(p => p.Metadata.Uid, StringComparer.Ordinal);
    }

    private static int Cost(Pod pod) => int.TryParse(pod.Metadata.Annotations.GetValueOrDefault(DeletionCost), out var cost) ? cost : 0;

    /// <summary>Times are compared by magnitude, as upstream does, so that pods started together are not told apart by seconds.</summary>
    private static int ReadyFor(Pod pod, DateTimeOffset now) =>
        pod.ReadyCondition() is { Status: "True", LastTransitionTime: { } since } ? (int)Math.Log2(Math.Max(1, (now - since).TotalSeconds)) : 0;

    private static int Restarts(Pod pod) => pod.Status.ContainerStatuses.Select(c => c.RestartCount).DefaultIfEmpty().Max();
}
