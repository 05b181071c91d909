using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Cache;

/// <summary>Pods that wait for room made for them by preemption, and where.</summary>
internal sealed class Nominations
{
    private readonly Dictionary<ObjectKey, (PodInfo Pod, string Node)> _pods = [];
    private readonly Dictionary<string, List<PodInfo>> _byNode = [];

    public bool IsEmpty => _pods.Count == 0;

    public IReadOnlyList<PodInfo> Of(string node) => _byNode.TryGetValue(node, out var pods) ? pods : [];

    public void Set(PodInfo pod, string node)
    {
        Remove(pod.Key);
        _pods[pod.Key] = (pod, node);
        if (!_byNode.TryGetValue(node, out var pods))
            _byNode[node] = pods = [];
        pods.Add(pod);
    }

    public void Remove(ObjectKey key)
    {
        if (!_pods.Remove(key, out var old))
            return;

        var pods = _byNode[old.Node];
        pods.Remove(old.Pod);
        if (pods.Count == 0)
            _byNode.Remove(old.Node);
    }
}
