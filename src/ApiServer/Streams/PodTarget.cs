namespace KubeSharp.ApiServer.Streams;

/// <summary>Finds the pod and the container a stream is for, with upstream's refusals.</summary>
internal static class PodTarget
{
    public static async ValueTask<Pod> FindAsync(IObjects objects, ObjectKey key, CancellationToken ct) =>
        await objects.FindAsync<Pod>(key, ct) ?? throw ApiException.NotFound("", "pods", key.Name);

    /// <summary>The container asked for, or the only one.</summary>
    /// <exception cref="ApiException">400.</exception>
    public static string Container(Pod pod, string asked)
    {
        if (asked.Length > 0)
        {
            var all = pod.Spec.Containers.Select(c => c.Name).Concat(pod.Spec.InitContainers.Select(c => c.Name)).Concat(pod.Spec.EphemeralContainers.Select(c => c.Name));
            return all.Contains(asked) ? asked : throw ApiException.BadRequest($"container {asked} is not valid for pod {pod.Metadata.Name}");
        }

        if (pod.Spec.Containers is [var only])
            return only.Name;

        var choice = pod.Spec.Containers.Count == 0 ? "" : $", choose one of: [{string.Join(' ', pod.Spec.Containers.Select(c => c.Name))}]";
        if (choice.Length > 0 && pod.Spec.InitContainers.Count > 0)
            choice += $" or one of the init containers: [{string.Join(' ', pod.Spec.InitContainers.Select(c => c.Name))}]";
        throw ApiException.BadRequest($"a container name must be specified for pod {pod.Metadata.Name}{choice}");
    }

    /// <exception cref="ApiException">400.</exception>
    public static string Node(Pod pod) => pod.Spec.NodeName.Length > 0
        ? pod.Spec.NodeName
        : throw ApiException.BadRequest($"pod {pod.Metadata.Name} does not have a host assigned");
}
