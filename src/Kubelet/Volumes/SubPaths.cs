using System.Globalization;
using KubeSharp.Kubelet.Environment;
using KubeSharp.Linux.Files;
using KubeSharp.Linux.Mounts;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace KubeSharp.Kubelet.Volumes;

/// <summary>Parts of volumes for containers' <c>subPath</c> mounts, held fast so that a link in the volume cannot swap them afterwards.</summary>
/// <remarks>
/// The runtime resolves the path it is given once more, when a container that shares the volume may have put a link there
/// (CVE-2017-1002101, CVE-2021-25741). So it never gets a path in the volume, but a place no container can write to.
/// </remarks>
internal sealed partial class SubPaths(IPodVolumes volumes, ILogger<SubPaths> log)
{
    /// <summary>Where in a pod's directory the parts are: <c>volume-subpaths/VOLUME/CONTAINER/INDEX</c>.</summary>
    public const string Directory = "volume-subpaths";

    private const UnixFileMode Usual = (UnixFileMode)0b111_101_000;
    private const UnixFileMode Permissions = (UnixFileMode)0b111_111_111;

    /// <summary>Binds the part to a place of the node's own and returns that place; what is missing in the volume is made as a directory.</summary>
    /// <param name="index">The mount's place in the container's list.</param>
    /// <param name="volumePath">Where the volume is on the node.</param>
    /// <exception cref="ContainerConfigException">The path leads out of the volume, or cannot be made.</exception>
    public string Prepare(Pod pod, string container, int index, VolumeMount mount, string volumePath, string subPath)
    {
        try
        {
            using var part = BeneathPath.Open(volumePath, subPath) ?? Make(pod, container, mount, volumePath, subPath);
            var place = PlaceOf(pod, container, index, mount);
            Bind(part, place);
            return place;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not the cause: it would tell the pod's owner what there is on the node.
            NotPrepared(e, subPath, mount.Name, container, pod.Metadata.Namespace, pod.Metadata.Name);
            throw new ContainerConfigException($"failed to prepare subPath for volumeMount \"{mount.Name}\" of container \"{container}\"");
        }
    }

    /// <summary>Takes the mounts of a pod's parts, and the mounts within them, away from the mounts they were made of.</summary>
    /// <remarks>To be called before they are unmounted: in a shared mount the node's own mounts in the volume would be unmounted too.</remarks>
    public static void Part(string podDirectory)
    {
        foreach (var mount in MountTable.Under(Path.Combine(podDirectory, Directory)))
            Mount.MakeSlave(mount.Path);
    }

    /// <summary>Mounts what the handle holds, in the place of what was mounted for an earlier run of the container.</summary>
    internal static void Bind(SafeFileHandle part, string place)
    {
        var source = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{part.DangerousGetHandle()}");
        if (Path.Exists(place))
        {
            // The volume may hold another file of this name now; a container that still runs has its own copy of the mount.
            Mount.MakeSlave(place);
            Mount.Detach(place);
        }

        MakePlace(place, FileStatus.OfTarget(source)?.Type ?? FileType.Directory);
        Mount.Bind(source, place);
    }

    private string PlaceOf(Pod pod, string container, int index, VolumeMount mount) => Path.Combine(
        volumes.DirectoryOf(pod.Metadata.Uid), Directory, mount.Name, container, index.ToString(CultureInfo.InvariantCulture));

    /// <summary>The directories, with the volume's own permissions: a container that may write there may write in them.</summary>
    private SafeFileHandle Make(Pod pod, string container, VolumeMount mount, string volumePath, string subPath)
    {
        try
        {
            var mode = FileStatus.OfTarget(volumePath) is { Type: FileType.Directory } status ? status.Mode & Permissions : Usual;
            return BeneathPath.OpenOrCreateDirectory(volumePath, subPath, mode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NotPrepared(e, subPath, mount.Name, container, pod.Metadata.Namespace, pod.Metadata.Name);
            throw new ContainerConfigException($"failed to create subPath directory for volumeMount \"{mount.Name}\" of container \"{container}\"");
        }
    }

    private static void MakePlace(string place, FileType type)
    {
        if (type == FileType.Directory && File.Exists(place))
            File.Delete(place);
        if (type != FileType.Directory && System.IO.Directory.Exists(place))
            System.IO.Directory.Delete(place);
        System.IO.Directory.CreateDirectory(type == FileType.Directory ? place : Path.GetDirectoryName(place) ?? "/", Usual);
        if (type != FileType.Directory)
            File.OpenHandle(place, FileMode.OpenOrCreate, FileAccess.Write).Dispose();
    }

    [LoggerMessage(1, LogLevel.Warning, "The subPath {SubPath} of volume {Volume} cannot be had for container {Container} of pod {Namespace}/{Pod}")]
    private partial void NotPrepared(Exception e, string subPath, string volume, string container, string @namespace, string pod);
}
