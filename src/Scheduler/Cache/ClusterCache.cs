using System.Diagnostics.CodeAnalysis;
using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Cache;

/// <summary>What the scheduler knows of the cluster: the nodes, the pods on them, and those it has just put there.</summary>
/// <remarks>
/// Owned by the scheduler's loop, which applies changes between two pods: no lock, and no snapshot to copy. Every change answers with the
/// events that it is for waiting pods.
/// </remarks>
internal sealed class ClusterCache
{
    /// <summary>
    /// A bound pod is confirmed by the watch within moments. One that never is leaks its room, so it is given up in the end; late, because
    /// giving it up while it exists fills a node twice.
    /// </summary>
    private static readonly TimeSpan Unconfirmed = TimeSpan.FromMinutes(15);

    private readonly Dictionary<string, NodeInfo> _nodes = [];
    private readonly Dictionary<ObjectKey, CachedPod> _pods = [];
    private readonly Dictionary<ObjectKey, CachedPod> _assumed = [];
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _namespaces = [];
    private readonly HashSet<NodeInfo> _withAffinity = [];
    private readonly HashSet<NodeInfo> _withAntiAffinity = [];

    /// <summary>How many pods have which priority; there are few different ones.</summary>
    private readonly Dictionary<int, int> _priorities = [];
    private readonly NodeImages _images = new();
    private NodeInfo[]? _order;

    /// <summary>All nodes, zones taking turns, so that a search that stops early sees every zone.</summary>
    public ReadOnlySpan<NodeInfo> Nodes => _order ??= NodeOrder.Interleaved(_nodes.Values.Where(n => n.IsKnown));

    /// <summary>How many nodes have a taint that makes them less liked.</summary>
    public int SoftlyTainted { get; private set; }

    /// <summary>The priority of the least important pod on any node.</summary>
    public int LowestPriority => _priorities.Count == 0 ? int.MaxValue : _priorities.Keys.Min();

    public IReadOnlyCollection<NodeInfo> NodesWithAffinity => _withAffinity;

    public IReadOnlyCollection<NodeInfo> NodesWithRequiredAntiAffinity => _withAntiAffinity;

    public Nominations Nominations { get; } = new();

    public VolumeCache Volumes { get; } = new();

    public NodeInfo? Node(string name) => _nodes.TryGetValue(name, out var node) && node.IsKnown ? node : null;

    public ImageState? Image(string name) => _images.Find(name);

    public IReadOnlyDictionary<string, string> NamespaceLabels(string name) =>
        _namespaces.TryGetValue(name, out var labels) ? labels : Nil.Map<string>();

    public void SetNamespace(string name, IReadOnlyDictionary<string, string>? labels)
    {
        if (labels is null)
            _namespaces.Remove(name);
        else
            _namespaces[name] = labels;
    }

    public ClusterEvents SetNode(Node node)
    {
        var known = NodeFor(node.Metadata.Name);
        var events = known.IsKnown ? NodeChanges.Between(known.Node, node) : ClusterEvents.NodeAdded;
        if (!known.IsKnown || NodeOrder.Zone(known.Node) != NodeOrder.Zone(node))
            _order = null;
        _images.Replace(known, known.Node, node);
        SoftlyTainted -= known.SoftTaints.Length > 0 ? 1 : 0;
        known.Set(node);
        SoftlyTainted += known.SoftTaints.Length > 0 ? 1 : 0;
        return events;
    }

    public ClusterEvents RemoveNode(string name)
    {
        if (!_nodes.TryGetValue(name, out var node) || !node.IsKnown)
            return ClusterEvents.None;

        _order = null;
        _images.Replace(node, node.Node, Objects.CoreV1.Node.Empty);
        SoftlyTainted -= node.SoftTaints.Length > 0 ? 1 : 0;
        node.Clear();
        Tidy(node);
        return ClusterEvents.NodeRemoved;
    }

    /// <summary>Takes room for a pod whose binding is about to be written.</summary>
    public void Assume(PodInfo pod, NodeInfo node)
    {
        var assumed = new CachedPod(pod, node, IsAssumed: true, Expires: null);
        Put(assumed);
        _assumed[pod.Key] = assumed;
    }

    /// <summary>The binding is written; the watch will confirm it.</summary>
    public void Bound(PodInfo pod, TimeSpan now)
    {
        if (FindAssumed(pod) is { } assumed)
            _assumed[pod.Key] = _pods[pod.Key] = assumed with { Expires = now + Unconfirmed };
    }

    /// <summary>The binding failed: the room is free again.</summary>
    public ClusterEvents Forget(PodInfo pod) => FindAssumed(pod) is null ? ClusterEvents.None : Remove(pod.Key);

    /// <summary>A pod is on a node, says the API; an assumption about it is over.</summary>
    public ClusterEvents SetPod(PodInfo pod)
    {
        var old = _pods.GetValueOrDefault(pod.Key);
        var node = NodeFor(pod.Pod.Spec.NodeName);
        Put(new(pod, node, IsAssumed: false, Expires: null));
        _assumed.Remove(pod.Key);
        return old is null || old.IsAssumed ? ClusterEvents.PodPlaced : PodChanges.Between(old.Pod, pod);
    }

    public ClusterEvents Remove(ObjectKey key)
    {
        if (!_pods.Remove(key, out var pod))
            return ClusterEvents.None;

        _assumed.Remove(key);
        TakeOff(pod);
        return ClusterEvents.PodLeft;
    }

    /// <summary>Gives up assumed pods that were bound long ago and never seen.</summary>
    public ClusterEvents Expire(TimeSpan now)
    {
        var events = ClusterEvents.None;
        foreach (var (key, pod) in _assumed)
        {
            if (pod.Expires <= now)
                events |= Remove(key); // removing while enumerating is allowed for Dictionary.Remove
        }

        return events;
    }

    /// <summary>Takes a pod off its node for a moment, to see what would be; <see cref="PutBack"/> must follow.</summary>
    public void TakeAside(PodInfo pod, NodeInfo node)
    {
        node.Remove(pod.Key);
        Index(node);
    }

    /// <summary>Undoes <see cref="TakeAside"/>; or, the other way round, puts a pod on a node for a moment.</summary>
    public void PutBack(PodInfo pod, NodeInfo node)
    {
        node.Add(pod);
        Index(node);
    }

    public bool TryPod(ObjectKey key, [NotNullWhen(true)] out CachedPod? pod) => _pods.TryGetValue(key, out pod);

    /// <summary>The assumption about this very pod, not about another of its name.</summary>
    private CachedPod? FindAssumed(PodInfo pod) => _assumed.TryGetValue(pod.Key, out var assumed) && assumed.Pod.Uid == pod.Uid ? assumed : null;

    private void Put(CachedPod pod)
    {
        if (_pods.TryGetValue(pod.Pod.Key, out var old))
            TakeOff(old);
        _pods[pod.Pod.Key] = pod;
        pod.Node.Add(pod.Pod);
        Index(pod.Node);
        Count(pod.Pod.Priority, 1);
    }

    private void TakeOff(CachedPod pod)
    {
        pod.Node.Remove(pod.Pod.Key);
        Index(pod.Node);
        Count(pod.Pod.Priority, -1);
        Tidy(pod.Node);
    }

    private void Count(int priority, int change)
    {
        var count = _priorities.GetValueOrDefault(priority) + change;
        if (count == 0)
            _priorities.Remove(priority);
        else
            _priorities[priority] = count;
    }

    private void Index(NodeInfo node)
    {
        if (node.PodsWithAffinity.Count > 0)
            _withAffinity.Add(node);
        else
            _withAffinity.Remove(node);
        if (node.PodsWithRequiredAntiAffinity.Count > 0)
            _withAntiAffinity.Add(node);
        else
            _withAntiAffinity.Remove(node);
    }

    private NodeInfo NodeFor(string name)
    {
        if (!_nodes.TryGetValue(name, out var node))
            _nodes[name] = node = new(name);
        return node;
    }

    /// <summary>Forgets a node that is gone once its last pod is.</summary>
    private void Tidy(NodeInfo node)
    {
        if (!node.IsKnown && node.PodCount == 0)
            _nodes.Remove(node.Name);
    }
}
