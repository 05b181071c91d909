using System.Globalization;

namespace KubeSharp.Kubelet.Environment;

/// <summary>What a pod may learn about itself: by variables and by files.</summary>
internal static class DownwardApi
{
    /// <param name="podIps">The sandbox' addresses; the status may not have them yet.</param>
    /// <param name="hostIps">The node's addresses.</param>
    /// <returns>The value; <see langword="null"/> if the path is not one of those that can be asked for.</returns>
    public static string? Field(Pod pod, string path, IReadOnlyList<string> podIps, IReadOnlyList<string> hostIps)
    {
        if (Subscript(path, "metadata.labels") is { } label)
            return pod.Metadata.Labels.GetValueOrDefault(label, "");
        if (Subscript(path, "metadata.annotations") is { } annotation)
            return pod.Metadata.Annotations.GetValueOrDefault(annotation, "");

        return path switch
        {
            "metadata.name" => pod.Metadata.Name,
            "metadata.namespace" => pod.Metadata.Namespace,
            "metadata.uid" => pod.Metadata.Uid,
            "metadata.labels" => Lines(pod.Metadata.Labels),
            "metadata.annotations" => Lines(pod.Metadata.Annotations),
            "spec.nodeName" => pod.Spec.NodeName,
            "spec.serviceAccountName" => pod.Spec.ServiceAccountName,
            "status.hostIP" => hostIps.FirstOrDefault(""),
            "status.hostIPs" => string.Join(',', hostIps),
            "status.podIP" => podIps.FirstOrDefault(""),
            "status.podIPs" => string.Join(',', podIps),
            _ => null,
        };
    }

    /// <summary>A request or limit of a container in units of the divisor, rounded up; a limit that is not set is all the node has.</summary>
    /// <returns><see langword="null"/> if there is no such container or resource.</returns>
    public static string? Resource(
        Pod pod, Container? current, ResourceFieldSelector selector, IReadOnlyDictionary<string, Quantity> allocatable)
    {
        var container = selector.ContainerName.Length == 0
            ? current
            : pod.Spec.Containers.Concat(pod.Spec.InitContainers).FirstOrDefault(c => c.Name == selector.ContainerName);
        if (container is null || selector.Resource.Split('.', 2) is not [var kind, var resource])
            return null;

        Quantity? value = kind switch
        {
            "limits" when container.Resources.Limits.TryGetValue(resource, out var limit) => limit,
            "limits" => allocatable.GetValueOrDefault(resource),
            "requests" => container.Resources.Requests.GetValueOrDefault(resource),
            _ => null,
        };
        if (value is not { } amount)
            return null;

        var divisor = selector.Divisor.IsZero ? Quantity.From(1) : selector.Divisor;
        var (whole, unit) = resource == "cpu" ? (amount.MilliValue, divisor.MilliValue) : (amount.Value, divisor.Value);
        return ((whole + unit - 1) / unit).ToString(CultureInfo.InvariantCulture);
    }

    private static string? Subscript(string path, string map) =>
        path.StartsWith(map + "['", StringComparison.Ordinal) && path.EndsWith("']", StringComparison.Ordinal) ? path[(map.Length + 2)..^2] : null;

    /// <summary>A line <c>key="value"</c> each, by key, quoted as Go quotes.</summary>
    private static string Lines(IReadOnlyDictionary<string, string> map) =>
        string.Join('\n', map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={GoText.Quote(p.Value)}"));
}
