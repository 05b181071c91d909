using KubeSharp.Linux.Files;
using KubeSharp.Linux.Mounts;

namespace KubeSharp.Kubelet.Volumes;

/// <inheritdoc cref="IPodVolumes"/>
/// <param name="kubeletDir"><c>DATA/kubelet</c></param>
/// <param name="plugins">The list, in the order in which they are asked.</param>
internal sealed class PodVolumes(
    string kubeletDir, IReadOnlyList<IVolumePlugin> plugins, IReferencedObjects objects, PodTokens tokens) : IPodVolumes
{
    private const string FailedMount = "FailedMount";

    private string PodsDirectory => Path.Combine(kubeletDir, "pods");

    public async Task<IReadOnlyDictionary<string, string>> MountAsync(Pod pod, CancellationToken ct)
    {
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        VolumeException? first = null;
        foreach (var volume in pod.Spec.Volumes)
        {
            try
            {
                paths[volume.Name] = await SetUpAsync(pod, volume, ct);
            }
            catch (VolumeException e)
            {
                first ??= e; // the others are made all the same, so that only what is missing holds the pod up
            }
        }

        return first is null ? paths : throw first;
    }

    public async Task UnmountAsync(string podUid, CancellationToken ct)
    {
        objects.Release(podUid);
        tokens.Release(podUid);
        var directory = DirectoryOf(podUid);
        if (!Directory.Exists(directory))
            return;

        await Task.Run(() => Remove(directory), ct); // a large emptyDir takes its time
    }

    public IReadOnlyCollection<string> PodsOnDisk() =>
        Directory.Exists(PodsDirectory) ? [.. Directory.EnumerateDirectories(PodsDirectory).Select(d => Path.GetFileName(d))] : [];

    public string DirectoryOf(string podUid) => Path.Combine(PodsDirectory, podUid);

    private async Task<string> SetUpAsync(Pod pod, Volume volume, CancellationToken ct)
    {
        var plugin = plugins.FirstOrDefault(p => p.Serves(volume))
            ?? throw new VolumeException(FailedMount, $"MountVolume.SetUp failed for volume \"{volume.Name}\" : no volume plugin matched");
        var parent = Path.Combine(DirectoryOf(pod.Metadata.Uid), "volumes", plugin.Directory);
        Directory.CreateDirectory(parent, (UnixFileMode)0b111_101_000);
        try
        {
            return await plugin.SetUpAsync(pod, volume, Path.Combine(parent, volume.Name), ct);
        }
        catch (Exception e) when (e is VolumeSetupException or ApiException or HttpRequestException or IOException or UnauthorizedAccessException)
        {
            throw new VolumeException(FailedMount, $"MountVolume.SetUp failed for volume \"{volume.Name}\" : {e.Message}", e);
        }
    }

    /// <summary>
    /// Unmounts before it deletes, and deletes nothing if something stays mounted: a bind mount below may be anybody's data.
    /// </summary>
    private static void Remove(string podDirectory)
    {
        var directory = BeneathPath.Resolve(podDirectory); // the kernel's table has no links in its paths
        SubPaths.Part(directory);
        foreach (var mount in MountTable.Under(directory))
        {
            try
            {
                Mount.Unmount(mount.Path);
            }
            catch (SyscallException e) when (e.Errno == Errno.Busy)
            {
                Mount.Detach(mount.Path);
            }
        }

        if (MountTable.Under(directory) is [var left, ..])
            throw new IOException($"{left.Path} cannot be unmounted");

        Directory.Delete(directory, recursive: true);
    }
}
