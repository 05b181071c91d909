namespace KubeSharp.Controllers.Nodes;

/// <summary>The taints that a node's conditions imply. Pure.</summary>
internal static class NodeTaints
{
    public const string NotReady = "node.kubernetes.io/not-ready";
    public const string Unreachable = "node.kubernetes.io/unreachable";
    private const string Unschedulable = "node.kubernetes.io/unschedulable";

    private static readonly (string Type, string Status, string Key)[] ByCondition =
    [
        ("Ready", "False", NotReady),
        ("Ready", "Unknown", Unreachable),
        ("MemoryPressure", "True", "node.kubernetes.io/memory-pressure"),
        ("DiskPressure", "True", "node.kubernetes.io/disk-pressure"),
        ("PIDPressure", "True", "node.kubernetes.io/pid-pressure"),
        ("NetworkUnavailable", "True", "node.kubernetes.io/network-unavailable"),
    ];

    private static readonly HashSet<string> Ours = [.. ByCondition.Select(c => c.Key), Unschedulable];

    /// <summary>Whether the node loses its pods for not being ready.</summary>
    public static bool IsEvicting(Node node) => node.Spec.Taints.Any(t => t is { Key: NotReady or Unreachable, Effect: "NoExecute" });

    /// <summary>The node's taints with ours brought up to date; the same instance if nothing changes.</summary>
    /// <param name="mayEvict">Whether a node that is not ready loses its pods.</param>
    public static IReadOnlyList<Taint> Of(Node node, bool mayEvict, DateTimeOffset now)
    {
        var wanted = ByCondition
            .Where(c => node.Status.Conditions.Any(n => n.Type == c.Type && n.Status == c.Status))
            .SelectMany(c => c.Key is NotReady or Unreachable && mayEvict ? new[] { (c.Key, Effect: "NoSchedule"), (c.Key, Effect: "NoExecute") } : [(c.Key, Effect: "NoSchedule")])
            .ToHashSet();
        if (node.Spec.Unschedulable)
            wanted.Add((Unschedulable, "NoSchedule"));

        var current = node.Spec.Taints.Where(t => Ours.Contains(t.Key) && t.Effect != "PreferNoSchedule").Select(t => (t.Key, t.Effect)).ToHashSet();
        if (current.SetEquals(wanted))
            return node.Spec.Taints;

        return
        [
            .. node.Spec.Taints.Where(t => !current.Contains((t.Key, t.Effect)) || wanted.Contains((t.Key, t.Effect))),
            .. wanted.Except(current).Select(t => new Taint { Key = t.Key, Effect = t.Effect, TimeAdded = now }),
        ];
    }
}
