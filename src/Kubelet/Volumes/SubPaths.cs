using System.Globalization;
using KubeSharp.Linux.Files;
using KubeSharp.Linux.Mounts;

namespace KubeSharp.Kubelet.Volumes;

/// <summary>Parts of volumes for containers' <c>subPath</c> mounts, held fast so that a link in the volume cannot swap them afterwards.</summary>
internal sealed class SubPaths(IPodVolumes volumes)
{
    private const UnixFileMode Usual = (UnixFileMode)0b111_101_000;

    /// <summary>Binds the part to a place of the node's own and returns that place; what is missing in the volume is made as a directory.</summary>
    /// <param name="index">The mount's place in the container's list.</param>
    /// <param name="volumePath">Where the volume is on the node.</param>
    /// <exception cref="VolumeSetupException">The path leads out of the volume, or cannot be made.</exception>
    public string Prepare(Pod pod, string container, int index, VolumeMount mount, string volumePath, string subPath)
    {
        var place = Path.Combine(
            volumes.DirectoryOf(pod.Metadata.Uid), "volume-subpaths", mount.Name, container, index.ToString(CultureInfo.InvariantCulture));
        try
        {
            var mode = FileStatus.OfTarget(volumePath) is { Type: FileType.Directory } status ? status.Mode : Usual;
            using var part = BeneathPath.Open(volumePath, subPath) ?? BeneathPath.OpenOrCreateDirectory(volumePath, subPath, mode);
            var source = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{part.DangerousGetHandle()}");
            if (MountTable.IsMountPoint(place))
                Mount.Detach(place); // of an earlier run of the container; the volume may hold another file there now
            MakePlace(place, FileStatus.OfTarget(source)?.Type ?? FileType.Directory);
            Mount.Bind(source, place);
            return place;
        }
        catch (IOException e)
        {
            throw new VolumeSetupException($"failed to prepare subPath for volumeMount \"{mount.Name}\" of container \"{container}\": {e.Message}");
        }
    }

    private static void MakePlace(string place, FileType type)
    {
        if (type == FileType.Directory && File.Exists(place))
            File.Delete(place);
        if (type != FileType.Directory && Directory.Exists(place))
            Directory.Delete(place);
        Directory.CreateDirectory(type == FileType.Directory ? place : Path.GetDirectoryName(place) ?? "/", Usual);
        if (type != FileType.Directory)
            File.OpenHandle(place, FileMode.OpenOrCreate, FileAccess.Write).Dispose();
    }
}
