using KubeSharp.Objects.StorageV1;
using KubeSharp.Scheduler.Queue;

namespace KubeSharp.Scheduler.Cycle;

/// <summary>What has happened since the loop last looked; the latest state of each object only. Null is gone.</summary>
internal sealed class Changes
{
    public Dictionary<ObjectKey, Pod?> Pods { get; } = [];

    public Dictionary<string, Node?> Nodes { get; } = [];

    public Dictionary<string, Namespace?> Namespaces { get; } = [];

    public Dictionary<ObjectKey, PersistentVolumeClaim?> Claims { get; } = [];

    public Dictionary<string, PersistentVolume?> Volumes { get; } = [];

    public Dictionary<string, StorageClass?> StorageClasses { get; } = [];

    public List<BindOutcome> Bindings { get; } = [];

    public void Clear()
    {
        Pods.Clear();
        Nodes.Clear();
        Namespaces.Clear();
        Claims.Clear();
        Volumes.Clear();
        StorageClasses.Clear();
        Bindings.Clear();
    }
}

/// <param name="Step">Which step this is the outcome of, in upstream's words.</param>
/// <param name="Failure"><see langword="null"/>: it is bound.</param>
internal readonly record struct BindOutcome(QueuedPod Queued, Framework.PodInfo Pod, string Step, Exception? Failure)
{
    public const string PreBind = "PreBind plugin \"VolumeBinding\"";
    public const string Bind = "Bind plugin \"DefaultBinder\"";
}
