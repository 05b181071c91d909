namespace KubeSharp.Controllers.GarbageCollection;

/// <summary>An object as garbage collection sees it: who it is, who owns it, whether it is on its way out.</summary>
internal sealed record GraphNode(ResourceType Type, ObjectKey Key, ObjectMeta Metadata)
{
    public const string ForegroundFinalizer = "foregroundDeletion";
    public const string OrphanFinalizer = "orphan";

    public string Uid => Metadata.Uid;

    public bool IsDeleting => Metadata.DeletionTimestamp is not null;

    /// <summary>Waits until what it owns is gone.</summary>
    public bool IsForeground => IsDeleting && Metadata.Finalizers.Contains(ForegroundFinalizer);

    /// <summary>Waits until what it owns has been set free.</summary>
    public bool IsOrphaning => IsDeleting && Metadata.Finalizers.Contains(OrphanFinalizer);
}

/// <summary>All objects of the cluster by UID, and who depends on whom. Thread-safe.</summary>
/// <param name="wake">Called, outside the lock, with UIDs that may need work now.</param>
internal sealed class OwnerGraph(Action<string> wake)
{
    private const int Remembered = 500;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, GraphNode> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _dependents = new(StringComparer.Ordinal);

    /// <summary>Owners that were seen to go, the last few: whoever depends on them may come to be judged when their kind is no longer served.</summary>
    private readonly Dictionary<string, GraphNode> _gone = new(StringComparer.Ordinal);
    private readonly Queue<string> _goneInOrder = new();

    public GraphNode? Find(string uid)
    {
        lock (_gate)
            return _nodes.GetValueOrDefault(uid);
    }

    public IReadOnlyList<GraphNode> DependentsOf(string uid)
    {
        lock (_gate)
            return [.. _dependents.GetValueOrDefault(uid, []).Select(d => _nodes.GetValueOrDefault(d)).OfType<GraphNode>()];
    }

    public void Put(GraphNode node)
    {
        List<string> woken = [];
        lock (_gate)
        {
            var before = _nodes.GetValueOrDefault(node.Uid);
            _nodes[node.Uid] = node;
            foreach (var owner in before?.Metadata.OwnerReferences ?? [])
                _dependents.GetValueOrDefault(owner.Uid)?.Remove(node.Uid);
            foreach (var owner in node.Metadata.OwnerReferences)
            {
                if (!_dependents.TryGetValue(owner.Uid, out var set))
                    _dependents[owner.Uid] = set = [];
                set.Add(node.Uid);
                if (!_nodes.TryGetValue(owner.Uid, out var there) || there.IsForeground || IsElsewhere(there, node))
                    woken.Add(node.Uid);
            }

            if (node.IsForeground || node.IsOrphaning)
                woken.Add(node.Uid);

            // A dependent that no longer blocks may be what its owner waits for.
            woken.AddRange(WaitingOwners(before));
        }

        woken.ForEach(wake);
    }

    /// <summary>Whether the owner is known to have been deleted where the dependent may look for it.</summary>
    public bool IsGone(OwnerReference owner, GraphNode dependent)
    {
        lock (_gate)
        {
            return _gone.TryGetValue(owner.Uid, out var gone) && IsOf(owner, gone.Type)
                && (!gone.Type.Namespaced || gone.Key.Namespace == dependent.Key.Namespace);
        }
    }

    /// <summary>Wakes those whose owners are of a kind that is served from now on: they could not be judged before.</summary>
    public void Served(ResourceType type)
    {
        List<string> woken;
        lock (_gate)
        {
            woken = [.. _nodes.Values
                .Where(n => n.Metadata.OwnerReferences.Any(o => IsOf(o, type) && !_nodes.ContainsKey(o.Uid)))
                .Select(n => n.Uid)];
        }

        woken.ForEach(wake);
    }

    /// <param name="isDeleted">It was seen to go, rather than no longer seen.</param>
    public void Remove(string uid, bool isDeleted)
    {
        List<string> woken = [];
        lock (_gate)
        {
            if (!_nodes.Remove(uid, out var node))
                return;

            if (isDeleted && _dependents.ContainsKey(uid) && _gone.TryAdd(uid, node))
            {
                _goneInOrder.Enqueue(uid);
                if (_goneInOrder.Count > Remembered)
                    _gone.Remove(_goneInOrder.Dequeue());
            }

            foreach (var owner in node.Metadata.OwnerReferences)
            {
                if (_dependents.TryGetValue(owner.Uid, out var set) && set.Remove(uid) && set.Count == 0)
                    _dependents.Remove(owner.Uid);
            }

            woken.AddRange(_dependents.GetValueOrDefault(uid, []));
            woken.AddRange(WaitingOwners(node));
        }

        woken.ForEach(wake);
    }

    /// <summary>Removes what a fresh list of a resource no longer holds.</summary>
    public void Keep(ResourceType type, HashSet<string> uids) => RemoveOthers(type, uids, isDeleted: true);

    /// <summary>The resource is no longer served: of its objects nothing more is known.</summary>
    public void Unserved(ResourceType type) => RemoveOthers(type, [], isDeleted: false);

    private void RemoveOthers(ResourceType type, HashSet<string> uids, bool isDeleted)
    {
        List<string> gone;
        lock (_gate)
            gone = [.. _nodes.Values.Where(n => n.Type == type && !uids.Contains(n.Uid)).Select(n => n.Uid)];
        gone.ForEach(uid => Remove(uid, isDeleted));
    }

    /// <summary>In whatever version: the objects are the same.</summary>
    private static bool IsOf(OwnerReference owner, ResourceType type) =>
        owner.Kind == type.Kind && owner.ApiVersion[..Math.Max(0, owner.ApiVersion.IndexOf('/', StringComparison.Ordinal))] == type.Group;

    /// <summary>An owner in another namespace is none.</summary>
    private static bool IsElsewhere(GraphNode owner, GraphNode dependent) => owner.Type.Namespaced && owner.Key.Namespace != dependent.Key.Namespace;

    private IEnumerable<string> WaitingOwners(GraphNode? node) =>
        node is null ? [] : [.. node.Metadata.OwnerReferences.Select(o => o.Uid).Where(u => _nodes.TryGetValue(u, out var owner) && owner.IsForeground)];
}
