namespace KubeSharp.Scheduler.Cache;

/// <summary>Which images are on which nodes, by every name they have.</summary>
internal sealed class NodeImages
{
    private readonly Dictionary<string, ImageState> _images = [];

    public ImageState? Find(string name) => _images.GetValueOrDefault(name);

    /// <summary>A node's list of images has changed from one to another.</summary>
    public void Replace(NodeInfo node, Node old, Node current)
    {
        if (AreSame(old.Status.Images, current.Status.Images))
            return; // most node updates are heartbeats

        foreach (var image in old.Status.Images)
        {
            foreach (var name in image.Names)
                Remove(node, name);
        }

        foreach (var image in current.Status.Images)
        {
            foreach (var name in image.Names)
                Add(node, name, image.SizeBytes);
        }
    }

    private void Add(NodeInfo node, string name, long bytes)
    {
        if (!_images.TryGetValue(name, out var state))
            _images[name] = state = new();
        state.Bytes = bytes;
        state.Nodes.Add(node);
    }

    private void Remove(NodeInfo node, string name)
    {
        if (_images.TryGetValue(name, out var state) && state.Nodes.Remove(node) && state.Nodes.Count == 0)
            _images.Remove(name);
    }

    private static bool AreSame(IReadOnlyList<ContainerImage> old, IReadOnlyList<ContainerImage> current)
    {
        if (old.Count != current.Count)
            return false;

        for (var i = 0; i < old.Count; i++)
        {
            if (old[i].SizeBytes != current[i].SizeBytes || !old[i].Names.SequenceEqual(current[i].Names))
                return false;
        }

        return true;
    }
}
