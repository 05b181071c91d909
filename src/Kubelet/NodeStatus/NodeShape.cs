using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Resources;

namespace KubeSharp.Kubelet.NodeStatus;

/// <summary>The Node object of this machine; pure.</summary>
internal static class NodeShape
{
    private const int MostImages = 50;
    private const int MostNames = 5;

    public static IReadOnlyDictionary<string, string> Labels(KubeletOptions options)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["beta.kubernetes.io/arch"] = MachineFacts.GoArchitecture,
            ["beta.kubernetes.io/os"] = "linux",
            ["kubernetes.io/arch"] = MachineFacts.GoArchitecture,
            ["kubernetes.io/hostname"] = options.NodeName,
            ["kubernetes.io/os"] = "linux",
        };
        foreach (var (key, value) in options.NodeLabels)
            labels[key] = value;
        return labels;
    }

    /// <summary>The object to register with.</summary>
    public static Node New(KubeletOptions options) => new()
    {
        Metadata = new()
        {
            Name = options.NodeName,
            Labels = Labels(options),
            Annotations = new Dictionary<string, string> { ["volumes.kubernetes.io/controller-managed-attach-detach"] = "true" },
        },
        Spec = new() { Taints = options.RegisterWithTaints },
    };

    /// <summary>A Node that is there already, with the labels that are the kubelet's to set; itself if it has them.</summary>
    public static Node WithLabels(Node node, KubeletOptions options)
    {
        var wanted = Labels(options);
        if (wanted.All(w => node.Metadata.Labels.GetValueOrDefault(w.Key) == w.Value))
            return node;

        var labels = node.Metadata.Labels.ToDictionary(StringComparer.Ordinal);
        foreach (var (key, value) in wanted)
            labels[key] = value;
        return node with { Metadata = node.Metadata with { Labels = labels } };
    }

    public static Objects.CoreV1.NodeStatus Status(
        Objects.CoreV1.NodeStatus before, KubeletOptions options, NodeResources resources, NodeSystemInfo info, IEnumerable<Image> images, NodeHealth health, DateTimeOffset now) =>
        before with
        {
            Capacity = WithOthers(resources.Capacity, before.Capacity),
            Allocatable = WithOthers(resources.Allocatable, before.Capacity),
            Addresses =
            [
                .. options.Addresses.Select(a => new NodeAddress { Type = "InternalIP", Address = a.ToString() }),
                new() { Type = "Hostname", Address = options.NodeName },
            ],
            DaemonEndpoints = new() { KubeletEndpoint = new() { Port = options.Port } },
            NodeInfo = info,
            Images = Images(images),
            Conditions = NodeConditions.Next(before.Conditions, health, now),
        };

    /// <summary>
    /// What an administrator or a device's program says the node has (<c>example.com/dongle</c>) stays, and pods may have all of it. Only such
    /// names have a domain.
    /// </summary>
    private static SortedDictionary<string, Quantity> WithOthers(IReadOnlyDictionary<string, Quantity> own, IReadOnlyDictionary<string, Quantity> capacity)
    {
        var all = new SortedDictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var (name, amount) in capacity.Where(c => c.Key.Contains('/', StringComparison.Ordinal)).Concat(own))
            all[name] = amount;
        return all;
    }

    /// <summary>Whether two statuses say the same; when a condition was last looked at does not count.</summary>
    public static bool IsSame(Objects.CoreV1.NodeStatus a, Objects.CoreV1.NodeStatus b) => Timeless(a).Equals(Timeless(b));

    private static Objects.CoreV1.NodeStatus Timeless(Objects.CoreV1.NodeStatus status) =>
        status with { Conditions = [.. status.Conditions.Select(c => c with { LastHeartbeatTime = null })] };

    /// <summary>The largest ones: the scheduler prefers nodes that need not pull.</summary>
    private static IReadOnlyList<ContainerImage> Images(IEnumerable<Image> images) =>
    [
        .. images.OrderByDescending(i => i.Size).ThenBy(i => i.Id, StringComparer.Ordinal).Take(MostImages)
            .Select(i => new ContainerImage { Names = [.. i.RepoDigests.Concat(i.RepoTags).Take(MostNames)], SizeBytes = (long)i.Size })
            .Where(i => i.Names.Count > 0),
    ];
}
