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
    private readonly Lock _gate = new();
    private readonly Dictionary<string, GraphNode> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _dependents = new(StringComparer.Ordinal);

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

    public void Remove(string uid)
    {
        List<string> woken = [];
        lock (_gate)
        {
            if (!_nodes.Remove(uid, out var node))
                return;

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
    public void Keep(ResourceType type, HashSet<string> uids)
    {
        List<string> gone;
        lock (_gate)
            gone = [.. _nodes.Values.Where(n => n.Type == type && !uids.Contains(n.Uid)).Select(n => n.Uid)];
        gone.ForEach(Remove);
    }

    /// <summary>An owner in another namespace is none.</summary>
    private static bool IsElsewhere(GraphNode owner, GraphNode dependent) => owner.Type.Namespaced && owner.Key.Namespace != dependent.Key.Namespace;

    private IEnumerable<string> WaitingOwners(GraphNode? node) =>
        node is null ? [] : [.. node.Metadata.OwnerReferences.Select(o => o.Uid).Where(u => _nodes.TryGetValue(u, out var owner) && owner.IsForeground)];
}
