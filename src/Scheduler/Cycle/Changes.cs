using KubeSharp.Scheduler.Queue;

namespace KubeSharp.Scheduler.Cycle;

/// <summary>What has happened since the loop last looked; the latest state of each object only. Null is gone.</summary>
internal sealed class Changes
{
    public Dictionary<ObjectKey, Pod?> Pods { get; } = [];

    public Dictionary<string, Node?> Nodes { get; } = [];

    public Dictionary<string, Namespace?> Namespaces { get; } = [];

    public List<BindOutcome> Bindings { get; } = [];

    public void Clear()
    {
        Pods.Clear();
        Nodes.Clear();
        Namespaces.Clear();
        Bindings.Clear();
    }
}

/// <param name="Failure"><see langword="null"/>: it is bound.</param>
internal readonly record struct BindOutcome(QueuedPod Queued, Framework.PodInfo Pod, Exception? Failure);
