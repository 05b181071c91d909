namespace KubeSharp.Scheduler.Cache;

/// <summary>An image and where it is.</summary>
internal sealed class ImageState
{
    public long Bytes { get; set; }

    public HashSet<NodeInfo> Nodes { get; } = [];
}
