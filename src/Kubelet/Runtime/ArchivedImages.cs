using System.Collections.Concurrent;
using System.Formats.Tar;
using System.Text.Json;
using KubeSharp.Kubelet.Images;

namespace KubeSharp.Kubelet.Runtime;

/// <summary>The images that came with the node, as archives in its images folder: no registry has them, so none is asked for them.</summary>
internal sealed class ArchivedImages
{
    private readonly ConcurrentDictionary<string, bool> _names = new(StringComparer.Ordinal);

    public bool Contains(ImageName image) => _names.ContainsKey(image.ToString());

    /// <summary>Learns the names in an archive of docker's or OCI's making that says them in <c>manifest.json</c>; others have none.</summary>
    public void Learn(string archive)
    {
        foreach (var name in NamesIn(archive))
            _names[name] = true;
    }

    private static List<string> NamesIn(string archive)
    {
        try
        {
            using var file = File.OpenRead(archive);
            using var reader = new TarReader(file);
            while (reader.GetNextEntry() is { } entry)
            {
                if (entry is not { Name: "manifest.json" or "./manifest.json", DataStream: { } content })
                    continue;

                using var manifest = JsonDocument.Parse(content);
                return
                [
                    .. from image in manifest.RootElement.EnumerateArray()
                       where image.TryGetProperty("RepoTags", out var tags) && tags.ValueKind == JsonValueKind.Array
                       from tag in image.GetProperty("RepoTags").EnumerateArray()
                       let name = ImageName.Parse(tag.GetString() ?? "")
                       where name is not null
                       select name.ToString(),
                ];
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or JsonException or InvalidOperationException or UnauthorizedAccessException)
        {
            // Importing it says what is wrong with it.
        }

        return [];
    }
}
