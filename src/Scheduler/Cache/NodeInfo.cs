using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Cache;

/// <summary>A node and the pods on it, summed up. Owned by the scheduler's loop; changed by <see cref="ClusterCache"/> only.</summary>
internal sealed class NodeInfo(string name)
{
    private readonly Dictionary<ObjectKey, PodInfo> _pods = [];
    private readonly List<HostPort> _ports = [];
    private readonly List<PodInfo> _withAffinity = [];
    private readonly List<PodInfo> _withAntiAffinity = [];

    public string Name { get; } = name;

    /// <summary>Empty while only pods of it are known.</summary>
    public Node Node { get; private set; } = Node.Empty;

    public bool IsKnown => !ReferenceEquals(Node, Node.Empty);

    public Amounts Allocatable { get; private set; } = new();

    public Amounts Requested { get; } = new();

    /// <summary>With a guess for containers that ask for nothing.</summary>
    public Amounts AssumedRequested { get; } = new();

    /// <summary>The taints that keep pods away; those that only make a node less liked are <see cref="SoftTaints"/>.</summary>
    public Taint[] HardTaints { get; private set; } = [];

    public Taint[] SoftTaints { get; private set; } = [];

    public IReadOnlyCollection<PodInfo> Pods => _pods.Values;

    public int PodCount => _pods.Count;

    /// <summary>Pods with any wish to be near or far from others.</summary>
    public IReadOnlyList<PodInfo> PodsWithAffinity => _withAffinity;

    public IReadOnlyList<PodInfo> PodsWithRequiredAntiAffinity => _withAntiAffinity;

    public void Set(Node node)
    {
        Node = node;
        Allocatable = Amounts.Of(node.Status.Allocatable);
        HardTaints = [.. node.Spec.Taints.Where(t => t.Effect is "NoSchedule" or "NoExecute")];
        SoftTaints = [.. node.Spec.Taints.Where(t => t.Effect == "PreferNoSchedule")];
    }

    /// <summary>The node is gone; its pods may still be there for a while.</summary>
    public void Clear()
    {
        Node = Node.Empty;
        Allocatable = new();
        HardTaints = SoftTaints = [];
    }

    public void Add(PodInfo pod)
    {
        _pods.Add(pod.Key, pod);
        Requested.Add(pod.Requests);
        AssumedRequested.Add(pod.AssumedRequests);
        _ports.AddRange(pod.Ports);
        if (pod.Affinities.IsNone)
            return;

        _withAffinity.Add(pod);
        if (pod.Affinities.RequiredAnti.Length > 0)
            _withAntiAffinity.Add(pod);
    }

    public void Remove(ObjectKey key)
    {
        if (!_pods.Remove(key, out var pod))
            return;

        Requested.Subtract(pod.Requests);
        AssumedRequested.Subtract(pod.AssumedRequests);
        foreach (var port in pod.Ports)
            _ports.Remove(port);
        _withAffinity.Remove(pod);
        _withAntiAffinity.Remove(pod);
    }

    public bool HasClash(HostPort[] ports)
    {
        foreach (var taken in _ports)
        {
            foreach (var port in ports)
            {
                if (port.Clashes(taken))
                    return true;
            }
        }

        return false;
    }
}
