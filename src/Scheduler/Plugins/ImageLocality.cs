using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Plugins;

/// <summary>Prefers nodes that have the pod's images already; the more nodes have one, the less it draws everybody to the same.</summary>
internal sealed class ImageLocality : IScore
{
    private const long Megabyte = 1 << 20;
    private const long Least = 23 * Megabyte;
    private const long MostPerContainer = 1000 * Megabyte;

    public string Name => nameof(ImageLocality);

    public bool TryPrepareScore(PodInfo pod, ClusterCache cluster, ReadOnlySpan<NodeInfo> nodes, out object? state)
    {
        List<(ImageState, long)>? known = null;
        var total = cluster.Nodes.Length;
        foreach (var name in pod.Pod.Spec.InitContainers.Concat(pod.Pod.Spec.Containers).Select(c => c.Image))
        {
            if (cluster.Image(Normalized(name)) is { } image)
                (known ??= []).Add((image, (long)(image.Bytes * ((double)image.Nodes.Count / total))));
        }

        state = known?.ToArray();
        return known is not null;
    }

    public long Score(PodInfo pod, NodeInfo node, object? state)
    {
        var sum = 0L;
        foreach (var (image, worth) in ((ImageState, long)[])state!) // made in TryPrepareScore
        {
            if (image.Nodes.Contains(node))
                sum += worth;
        }

        var most = MostPerContainer * (pod.Pod.Spec.Containers.Count + pod.Pod.Spec.InitContainers.Count);
        return IScore.Most * (Math.Clamp(sum, Least, most) - Least) / (most - Least);
    }

    /// <summary>Runtimes list images with their tag.</summary>
    private static string Normalized(string name) =>
        name.LastIndexOf(':') <= name.LastIndexOf('/') ? name + ":latest" : name;
}
