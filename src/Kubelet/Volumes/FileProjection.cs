using System.Text;
using KubeSharp.Kubelet.Environment;

namespace KubeSharp.Kubelet.Volumes;

/// <summary>Turns objects into the files of a volume; pure.</summary>
internal static class FileProjection
{
    public static IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> Entries(ConfigMap map) =>
        map.Data.Select(p => KeyValuePair.Create(p.Key, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(p.Value))).Concat(map.BinaryData);

    /// <summary>All keys as files of their names, or only those of <paramref name="items"/> under the paths given there.</summary>
    /// <param name="missing">What to make of a key that is not there.</param>
    /// <exception cref="VolumeSetupException">An item's key is missing.</exception>
    public static void AddKeys(
        Dictionary<string, ProjectedFile> files,
        IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> entries,
        IReadOnlyList<KeyToPath> items,
        int defaultMode,
        Missing missing)
    {
        if (items.Count == 0)
        {
            foreach (var (key, value) in entries)
                files[key] = new(value, (UnixFileMode)defaultMode);
            return;
        }

        var byKey = entries.ToDictionary(StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (byKey.TryGetValue(item.Key, out var value))
                files[item.Path] = new(value, (UnixFileMode)(item.Mode ?? defaultMode));
            else if (!missing.IsOptional)
                throw new VolumeSetupException(missing.Complaint(item.Key));
        }
    }

    /// <exception cref="VolumeSetupException">A field or resource that cannot be asked for.</exception>
    public static void AddDownward(
        Dictionary<string, ProjectedFile> files, Pod pod, IEnumerable<DownwardAPIVolumeFile> items, int defaultMode, DownwardNode node)
    {
        foreach (var item in items)
        {
            var text = item switch
            {
                { FieldRef: { } field } => DownwardApi.Field(pod, field.FieldPath, [.. pod.Status.PodIPs.Select(p => p.Ip)], node.Addresses)
                    ?? throw new VolumeSetupException($"unsupported fieldPath: {field.FieldPath}"),
                { ResourceFieldRef: { } resource } => DownwardApi.Resource(pod, null, resource, node.Resources.Allocatable)
                    ?? throw new VolumeSetupException($"unsupported container resource : {resource.Resource}"),
                _ => "",
            };
            files[item.Path] = new(Encoding.UTF8.GetBytes(text), (UnixFileMode)(item.Mode ?? defaultMode));
        }
    }

    /// <param name="IsOptional">The object or its keys may be missing.</param>
    /// <param name="Complaint">What to say of a missing key.</param>
    internal sealed record Missing(bool IsOptional, Func<string, string> Complaint)
    {
        public static Missing ConfigMap(bool? isOptional) => new(isOptional == true, key => $"configmap references non-existent config key: {key}");

        public static Missing Secret(bool? isOptional) => new(isOptional == true, key => $"references non-existent secret key: {key}");
    }
}
